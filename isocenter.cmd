@echo off
rem Runs the isocenter command. Builds it first (Release) when it is not built yet.
setlocal
set HERE=%~dp0
if not exist "%HERE%artifacts\isocenter\isocenter.dll" (
  echo isocenter: building ^(once^) ... 1>&2
  dotnet publish "%HERE%src\Isocenter.Cli\Isocenter.Cli.csproj" -c Release -o "%HERE%artifacts\isocenter" -p:IsocenterReadyToRun=true -p:ArtifactsPath="%HERE%artifacts\launcher" --nologo -v quiet || exit /b 1
)
dotnet "%HERE%artifacts\isocenter\isocenter.dll" %*
