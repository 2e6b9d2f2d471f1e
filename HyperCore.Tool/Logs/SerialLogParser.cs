using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Logs;

/// <summary>Understands the lines that HyperCore writes; see "Log" in README.md.</summary>
internal sealed partial class SerialLogParser
{
    private const string PanicStart = "panic: ";

    private bool _inPanic;

    /// <summary>Understands a line.</summary>
    public SerialLogEntry Parse(string line)
    {
        // A panic's registers and addresses follow it, indented.
        if (line.StartsWith(PanicStart, System.StringComparison.Ordinal) || (_inPanic && line.StartsWith("  ", System.StringComparison.Ordinal)))
        {
            string text = line.StartsWith(PanicStart, System.StringComparison.Ordinal) ? line[PanicStart.Length..] : line;
            _inPanic = true;
            return new SerialLogEntry(null, LogLevel.Critical, SerialLogEntry.Panic, null, text);
        }

        _inPanic = false;
        if (Event().Match(line) is { Success: true } found)
        {
            string category = found.Groups["category"].Success ? found.Groups["category"].Value : "hypercore";
            string message = found.Groups["message"].Value;
            string? vm = category is "vm" or "foreground" && FirstWord().Match(message) is { Success: true } name && name.Value != "menu" ? name.Value : null;
            return new SerialLogEntry(decimal.Parse(found.Groups["time"].ValueSpan, CultureInfo.InvariantCulture), LevelOf(found.Groups["level"].Value), category, vm, message);
        }

        return Guest().Match(line) is { Success: true } guest
            ? new SerialLogEntry(null, LogLevel.Information, SerialLogEntry.Guest, guest.Groups[1].Value, guest.Groups[2].Value)
            : new SerialLogEntry(null, LogLevel.Debug, SerialLogEntry.Serial, null, line);
    }

    /// <summary>A level's name in HyperCore's log.</summary>
    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical => "panic",
        LogLevel.Error => "error",
        LogLevel.Warning => "warn",
        LogLevel.Information => "info",
        LogLevel.Debug => "debug",
        _ => "trace",
    };

    /// <summary>The level of a name, of the log or of hypercore.conf.</summary>
    public static LogLevel LevelOf(string name) => name switch
    {
        "panic" => LogLevel.Critical,
        "error" => LogLevel.Error,
        "warn" or "warning" => LogLevel.Warning,
        "info" => LogLevel.Information,
        "debug" => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    [GeneratedRegex(@"^\[ {0,5}(?<time>[0-9]{1,12}\.[0-9]{6})\] (?<level>error|warn|info|debug|trace) +(?:(?<category>[a-z0-9-]{1,31}): )?(?<message>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Event();

    [GeneratedRegex(@"^([a-z0-9-]{1,31})\| ?(.*)$")]
    private static partial Regex Guest();

    [GeneratedRegex("^[a-z0-9-]{1,31}(?= |$)")]
    private static partial Regex FirstWord();
}
