#!/usr/bin/env bash
# What readers do with files made to exhaust them: outcome, seconds, peak MB of each tool, as a Markdown table.
# Needs GNU time; tools that are not installed are left out. Each run may take 4 GB and 60 s.
#   bench/hostile.sh [FOLDER]        ours is ./isocenter dump
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$(mktemp -d)}
dotnet run -c Release --project "$root/bench/Isocenter.ParseBench" -- hostile "$folder" || exit 1
"$root/isocenter" --version >/dev/null      # builds it, so that the build is not measured

declare -A tools=(
    [isocenter]="$root/isocenter dump"
    [dcmdump]="dcmdump"
    [gdcmdump]="gdcmdump"
    [dciodvfy]="dciodvfy"
    [pydicom]="/usr/bin/python3 -c 'import sys,pydicom; [e for e in pydicom.dcmread(sys.argv[1]).iterall()]'"
)
order=(isocenter dcmdump gdcmdump dciodvfy pydicom)

run() {     # tool, file -> "outcome, s, MB"
    local out status
    out=$(bash -c "ulimit -v 16000000; exec timeout 60 /usr/bin/time -f '%e %M' ${tools[$1]} '$2'" 2>&1 >/dev/null </dev/null)
    status=$?
    read -r seconds kb <<<"$(tail -1 <<<"$out")"
    case $status in
        0) word=read ;;
        124) echo "no end in 60 s"; return ;;
        134 | 136 | 139) word=crash ;;
        *) grep -q 'terminated by signal' <<<"$out" && word=crash || word=refused ;;
    esac
    echo "$word, $seconds s, $((${kb:-0} / 1024)) MB"
}

printf '| file | bytes |'; for tool in "${order[@]}"; do printf ' %s |' "$tool"; done; echo
printf '| --- | --- |'; for tool in "${order[@]}"; do printf ' --- |'; done; echo
for file in "$folder"/*.dcm; do
    printf '| %s | %s |' "$(basename "$file" .dcm | tr _ ' ')" "$(stat -c %s "$file")"
    for tool in "${order[@]}"; do
        command -v "${tools[$tool]%% *}" >/dev/null && printf ' %s |' "$(run "$tool" "$file")" || printf ' not installed |'
    done
    echo
done
