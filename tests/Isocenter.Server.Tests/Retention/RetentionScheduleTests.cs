using System.Net;
using System.Net.Http.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Server.Retention;
using Isocenter.Server.Settings;
using Isocenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isocenter.Server.Tests.Retention;

public sealed class RetentionScheduleTests
{
    private static readonly RetentionSettings Settings = new() { Rules = [new RetentionRule { Name = "old", Action = RetentionAction.Delete, Days = 365 }], PurgeDays = 30 };

    [Fact]
    public async Task It_runs_once_a_night_and_not_after_a_jump_of_the_clock_until_a_person_has_looked()
    {
        var clock = new Clock(new DateTimeOffset(2026, 3, 1, 1, 0, 0, TimeSpan.Zero));
        using var folder = new TemporaryFolder();
        await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = folder["data"], TimeProvider = clock, StudyQuietTime = TimeSpan.FromSeconds(1) }, TestServer.Cancel);
        await using var schedule = new RetentionSchedule(archive, Settings, NullLogger.Instance, clock);
        Task<bool> RunAsync() => schedule.RunWhenDueAsync(TestServer.Cancel);

        Assert.False(await RunAsync());
        clock.Now = clock.Now.AddHours(1.5);
        Assert.True(await RunAsync());
        clock.Now = clock.Now.AddHours(1);
        Assert.False(await RunAsync());
        clock.Now = clock.Now.AddHours(12);
        Assert.False(await RunAsync());
        clock.Now = new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero);
        Assert.True(await RunAsync());
        clock.Now = clock.Now.AddDays(-1);
        Assert.False(await RunAsync());

        clock.Now = new DateTimeOffset(2036, 3, 2, 3, 0, 0, TimeSpan.Zero);
        Assert.False(await RunAsync());
        clock.Now = clock.Now.AddDays(1);
        Assert.False(await RunAsync());
        await RetentionWork.RunAsync(archive, Settings, clock.Now, TestServer.Cancel);
        clock.Now = clock.Now.AddDays(1);
        Assert.True(await RunAsync());
    }

    [Fact]
    public async Task The_server_says_what_it_would_delete_and_does_it_when_asked()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Retention = Settings, StudyQuietTime = TimeSpan.FromMilliseconds(1) });
        await server.StowAsync(SampleObject.Create("1.1", "1.1.1", "1.1.1.1").Set(Tags.StudyDate, "20200101"));
        await server.StowAsync(SampleObject.Create("1.2", "1.2.1", "1.2.1.1").Set(Tags.StudyDate, "29990101"));
        string plan;
        do plan = await server.Http.GetStringAsync("api/retention?studies=10", TestServer.Cancel);
        while (!plan.Contains("\"study\":\"1.1\"", StringComparison.Ordinal));

        Assert.Contains("{\"name\":\"old\",\"action\":\"delete\",\"studies\":1,\"instances\":1,", plan);
        using var run = await server.Http.PostAsJsonAsync("api/retention/run", new { }, TestServer.Cancel);
        using var gone = await server.GetAsync("dicom-web/studies/1.1/metadata");
        using var kept = await server.GetAsync("dicom-web/studies/1.2/metadata");

        Assert.Contains("\"deleted\":{\"studies\":1,", await run.Content.ReadAsStringAsync(TestServer.Cancel));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (gone.StatusCode, kept.StatusCode));
        Assert.Contains("\"lastRun\"", await server.Http.GetStringAsync("api/retention", TestServer.Cancel));
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
