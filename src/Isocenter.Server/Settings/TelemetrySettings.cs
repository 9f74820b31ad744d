using OpenTelemetry.Exporter;

namespace Isocenter.Server.Settings;

/// <summary>Where measurements and traces go (OpenTelemetry Protocol).</summary>
/// <param name="Endpoint">The collector.</param>
/// <param name="IsHttp">HTTP with protobuf; otherwise gRPC.</param>
/// <param name="Interval">How often measurements are sent.</param>
public sealed record TelemetrySettings(Uri Endpoint, bool IsHttp, TimeSpan Interval)
{
    /// <summary>Applies it to an exporter.</summary>
    /// <param name="otlp">The options of the exporter.</param>
    /// <param name="signal">What comes behind the address with HTTP.</param>
    internal void Apply(OtlpExporterOptions otlp, string signal)
    {
        otlp.Protocol = IsHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        otlp.Endpoint = IsHttp ? new Uri(Endpoint.AbsoluteUri.TrimEnd('/') + "/" + signal) : Endpoint;
    }

    /// <summary>What the settings say, or null: nowhere.</summary>
    internal static TelemetrySettings? Read(string endpoint, string protocol, int seconds)
    {
        bool isHttp = protocol switch
        {
            "grpc" => false,
            "http" => true,
            _ => throw new SettingsException("telemetry:protocol", $"'{protocol}' is neither grpc nor http"),
        };
        if (endpoint.Length == 0) return null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            throw new SettingsException("telemetry:otlp", "an address such as http://collector:4317 is expected");
        return new TelemetrySettings(uri, isHttp, TimeSpan.FromSeconds(seconds));
    }
}
