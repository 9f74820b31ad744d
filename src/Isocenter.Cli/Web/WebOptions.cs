using System.CommandLine;
using Isocenter.Dicom;
using Isocenter.DicomWeb;

namespace Isocenter.Cli.Web;

/// <summary>What the <c>web</c> commands share: where the service is, what of it is meant.</summary>
internal sealed class WebOptions
{
    public Argument<string> Root { get; } = new("URL") { Description = "Address of the DICOMweb service, as http://127.0.0.1:8080/dicom-web" };

    public Argument<string> Study { get; } = new("STUDY") { Description = "Study Instance UID" };

    public Argument<string?> Series { get; } = new("SERIES") { Description = "Series Instance UID", Arity = ArgumentArity.ZeroOrOne };

    public Argument<string?> Instance { get; } = new("INSTANCE") { Description = "SOP Instance UID", Arity = ArgumentArity.ZeroOrOne };

    public Option<string?> User { get; } = new("--user") { Description = "User name and password for HTTP Basic authentication", HelpName = "NAME:PASSWORD" };

    public Option<int> Timeout { get; } = new("--timeout") { Description = "Give up when the server does not begin to answer for so long.", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };

    /// <summary>A command on a resource.</summary>
    public Command ResourceCommand(string name, string description) => new(name, description) { Root, Study, Series, Instance, User, Timeout };

    /// <summary>A command on the service as a whole.</summary>
    public Command ServiceCommand(string name, string description) => new(name, description) { Root, User, Timeout };

    public WebResource Resource(ParseResult parsed) => new(UidOf("STUDY", parsed.GetValue(Study)!),
        parsed.GetValue(Series) is { } series ? UidOf("SERIES", series) : null, parsed.GetValue(Instance) is { } instance ? UidOf("INSTANCE", instance) : null);

    /// <summary>Does the work with a client, and turns what an HTTP client throws into sentences.</summary>
    public async Task<int> RunAsync(ParseResult parsed, Func<DicomWebClient, Task<int>> work)
    {
        if (!Uri.TryCreate(parsed.GetValue(Root), UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
            throw new UsageException($"'{parsed.GetValue(Root)}' is no address that begins with http:// or https://");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(parsed.GetValue(Timeout)) };
        if (parsed.GetValue(User) is { } user)
            http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(user)));
        try
        {
            return await work(new DicomWebClient(http, root));
        }
        catch (HttpRequestException e)
        {
            throw new CommandException(e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message, e);
        }
        catch (Exception e) when (e is DicomWebException or MultipartException)
        {
            throw new CommandException(e.Message, e);
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            throw new CommandException("the server did not answer in time", e);
        }
    }

    private static Uid UidOf(string name, string text) => Uid.TryParseLenient(text, out var uid) ? uid : throw new UsageException($"{name} '{text}' is no UID");
}
