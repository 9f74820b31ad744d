using System.Globalization;
using System.Text;

namespace Isocenter.Imaging;

/// <summary>Letters of 5 × 7 dots, of our own drawing, for texts in pictures: it needs no font of the machine. Letters with
/// accents lose them; what has no letter is a box.</summary>
internal static class DotFont
{
    public const int Width = 5, Height = 7, Advance = Width + 1, LineHeight = Height + 2;

    private const string Box = "VHHHHHV";

    /// <summary>From space to ~, a letter is seven rows from above, a row a digit of base 32, the leftmost dot its highest bit.</summary>
    private const string Letters =
        "0000000" + "4444404" + "AAA0000" + "AAVAVAA" + "4FKE5U4" + "OP248J3" + "CIK8LID" + "4480000" +   //   ! " # $ % & '
        "2488842" + "8422248" + "04LEL40" + "044V440" + "0000C48" + "000V000" + "00000CC" + "01248G0" +   // ( ) * + , - . /
        "EHJLPHE" + "4C4444E" + "EH1248V" + "V2421HE" + "26AIV22" + "VGU11HE" + "68GUHHE" + "V124888" +   // 0 to 7
        "EHHEHHE" + "EHHF12C" + "0CC0CC0" + "0CC0C48" + "248G842" + "00V0V00" + "8421248" + "EH12404" +   // 8 9 : ; < = > ?
        "EH1DLLE" + "EHHVHHH" + "UHHUHHU" + "EHGGGHE" + "UHHHHHU" + "VGGUGGV" + "VGGUGGG" + "EHGNHHF" +   // @ A to G
        "HHHVHHH" + "E44444E" + "72222IC" + "HIKOKIH" + "GGGGGGV" + "HRLLHHH" + "HPPLJJH" + "EHHHHHE" +   // H to O
        "UHHUGGG" + "EHHHLID" + "UHHUKIH" + "FGGE11U" + "V444444" + "HHHHHHE" + "HHHHHA4" + "HHHLLLA" +   // P to W
        "HHA4AHH" + "HHHA444" + "V1248GV" + "E88888E" + "0G84210" + "E22222E" + "4AH0000" + "000000V" +   // X Y Z [ \ ] ^ _
        "8420000" + "00E1FHF" + "GGMPHHU" + "00EGGHE" + "11DJHHF" + "00EHVGE" + "698S888" + "0FHHF1E" +   // ` a to g
        "GGMPHHH" + "40C444E" + "20622IC" + "GGIKOKI" + "C44444E" + "00QLLHH" + "00MPHHH" + "00EHHHE" +   // h to o
        "00UHUGG" + "00DJF11" + "00MPGGG" + "00EGE1U" + "88S8896" + "00HHHJD" + "00HHHA4" + "00HHLLA" +   // p to w
        "00HA4AH" + "00HHF1E" + "00V248V" + "2448442" + "4444444" + "8442448" + "008L200";                // x y z { | } ~

    // A program without culture data (InvariantGlobalization), as the command is, cannot take letters and accents apart.
    private const string Accented = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ";
    private const string Plain = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyy";

    /// <summary>The lines of a text with only letters that there are.</summary>
    public static string[] Lines(string text)
    {
        var plain = new StringBuilder();
        foreach (char c in text.ReplaceLineEndings("\n").Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            plain.Append(c > '~' && Accented.IndexOf(c, StringComparison.Ordinal) is >= 0 and var known ? Plain[known] : c);
        }
        return plain.ToString().TrimEnd('\n').Split('\n');
    }

    /// <summary>Whether a dot of a letter is set.</summary>
    public static bool IsSet(char letter, int x, int y)
    {
        char digit = letter is >= ' ' and <= '~' ? Letters[(letter - ' ') * Height + y] : Box[y];
        int row = digit <= '9' ? digit - '0' : digit - 'A' + 10;
        return (row >> (Width - 1 - x) & 1) != 0;
    }
}
