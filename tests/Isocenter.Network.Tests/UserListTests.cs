using System.Text;
using Isocenter.Testing;

namespace Isocenter.Network.Tests;

public sealed class UserListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Users => _folder["users"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_user_comes_in_with_the_right_pass_code_only()
    {
        UserList.Set(Users, "änne", "geheim");
        var list = UserList.FromFile(Users);

        Assert.True(list.Judge(UserIdentity.OfUser("änne", "geheim")).IsAllowed);
        Assert.Contains("wrong pass code", list.Judge(UserIdentity.OfUser("änne", "Geheim")).Refusal);
        Assert.Contains("wrong pass code", list.Judge(UserIdentity.OfUser("änne", "")).Refusal);
        Assert.Contains("gave no pass code", list.Judge(UserIdentity.OfUser("änne")).Refusal);
        Assert.Contains("not known", list.Judge(UserIdentity.OfUser("anne", "geheim")).Refusal);
        Assert.Contains("not known", list.Judge(UserIdentity.OfUser("")).Refusal);
    }

    [Fact]
    public void A_name_is_enough_for_a_user_without_a_pass_code()
    {
        UserList.Set(Users, "scanner", null);
        var list = UserList.FromFile(Users);
        Assert.True(list.Judge(UserIdentity.OfUser("scanner")).IsAllowed);
        Assert.True(list.Judge(UserIdentity.OfUser("scanner", "whatever")).IsAllowed);
    }

    [Fact]
    public void Who_names_no_user_comes_in_unless_one_is_required()
    {
        UserList.Set(Users, "a", null);
        Assert.True(UserList.FromFile(Users).Judge(null).IsAllowed);
        Assert.Contains("required", UserList.FromFile(Users, isRequired: true).Judge(null).Refusal);
    }

    [Fact]
    public void Tokens_are_judged_by_who_can_and_refused_otherwise()
    {
        UserList.Set(Users, "a", null);
        Assert.Contains("Jwt", UserList.FromFile(Users).Judge(UserIdentity.OfJwt("x.y.z")).Refusal);
        var list = UserList.FromFile(Users, judgeToken: token =>
            token.PrimaryField.Span.SequenceEqual("x.y.z"u8) ? UserVerdict.Allow(new byte[] { 1 }) : UserVerdict.Refuse("expired"));
        Assert.Equal([1], list.Judge(UserIdentity.OfJwt("x.y.z")).Response.ToArray());
        Assert.Equal("expired", list.Judge(UserIdentity.OfSaml("<a/>")).Refusal);
    }

    [Fact]
    public void The_file_holds_no_pass_code_and_is_its_owners_only()
    {
        UserList.Set(Users, "a", "open sesame");
        UserList.Set(Users, "b", "open sesame");
        string[] lines = File.ReadAllLines(Users);
        Assert.DoesNotContain("sesame", lines[0]);
        Assert.NotEqual(lines[0][1..], lines[1][1..]);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Users));
    }

    [Fact]
    public void A_change_of_the_file_holds_from_the_next_association_on()
    {
        UserList.Set(Users, "a", "one");
        var list = UserList.FromFile(Users);
        UserList.Set(Users, "b", "three");
        Assert.True(list.Judge(UserIdentity.OfUser("b", "three")).IsAllowed);
        Assert.True(UserList.Remove(Users, "a"));
        Assert.False(list.Judge(UserIdentity.OfUser("a", "one")).IsAllowed);
        File.WriteAllText(Users, "b:damaged\n");
        Assert.True(list.Judge(UserIdentity.OfUser("b", "three")).IsAllowed);
    }

    [Fact]
    public void Comments_and_other_users_stay_when_one_changes()
    {
        File.WriteAllText(Users, "# radiology\n\nscanner:-\na:-\n");
        UserList.Set(Users, "a", "x");
        Assert.True(UserList.Remove(Users, "a"));
        Assert.False(UserList.Remove(Users, "a"));
        Assert.Equal("# radiology\n\nscanner:-\n", File.ReadAllText(Users));
        Assert.Equal([("scanner", false)], UserList.Names(Users));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(":-")]
    [InlineData("a:secret")]
    [InlineData("a:pbkdf2-sha256:0:AAAA:AAAA")]
    [InlineData("a:pbkdf2-sha256:99999999999:AAAA:AAAA")]
    [InlineData("a:pbkdf2-sha256:1:AAAA:AAAA")]
    [InlineData("a:-\na:-")]
    public void A_damaged_file_is_refused_with_its_line_and_not_written_over(string text)
    {
        File.WriteAllText(Users, text);
        Assert.Contains("line", Assert.Throws<InvalidDataException>(() => UserList.FromFile(Users)).Message);
        Assert.Throws<InvalidDataException>(() => UserList.Set(Users, "b", "x"));
        Assert.Equal(text, File.ReadAllText(Users));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("#a")]
    [InlineData(" a")]
    [InlineData("a\nb")]
    public void A_name_that_the_file_cannot_hold_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => UserList.Set(Users, name, "x"));

    [Fact]
    public void Kept_of_a_pass_code_is_what_RFC_7914_says_of_PBKDF2()
    {
        // RFC 7914 §11: "passwd", "salt", 1 iteration; the first 32 of 64 bytes.
        File.WriteAllText(Users, "a:pbkdf2-sha256:1:c2FsdA==:" + Convert.ToBase64String(Convert.FromHexString("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")) + "\n");
        Assert.True(UserList.FromFile(Users).Judge(new UserIdentity(UserIdentityType.UserNameAndPasscode, Encoding.UTF8.GetBytes("a"), Encoding.UTF8.GetBytes("passwd"))).IsAllowed);
    }
}
