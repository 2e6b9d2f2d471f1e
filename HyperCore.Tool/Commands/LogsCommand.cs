using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Text.RegularExpressions;
using HyperCore.Tool.Logs;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>logs</c>: follows and filters what came over the serial line.</summary>
internal sealed class LogsCommand : ToolCommand
{
    private const string StandardInput = "-";
    private const int BufferSize = 1 << 16;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Argument<string> _file = new("FILE") { Description = "A file with what the serial line wrote, or a serial port; - is standard input.", DefaultValueFactory = _ => StandardInput };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Goes on when the file grows. Ctrl+C ends it." };
    private readonly Option<string> _level = new("--level") { HelpName = "LEVEL", Description = "The least important level that is shown.", DefaultValueFactory = _ => "info" };
    private readonly Option<string?> _vm = new("--vm") { HelpName = "NAME", Description = "Only what is about this VM, and what it wrote itself." };
    private readonly Option<string?> _grep = new("--grep") { HelpName = "REGEX", Description = "Only lines whose text matches." };
    private readonly Option<bool> _json = new("--json") { Description = "Writes an object a line, with time, level, category, vm and message." };

    /// <summary>Creates the command.</summary>
    public LogsCommand(ToolContext context)
        : base(context, "logs", "Reads HyperCore's serial line and shows its log: the menu that is drawn on the same line is taken out, and so is what the firmware writes (it has the level debug).")
    {
        Add(_file);
        Options.Add(_follow);
        Options.Add(_level);
        Options.Add(_vm);
        Options.Add(_grep);
        Options.Add(_json);
        _level.AcceptOnlyFromAmong("panic", "error", "warn", "warning", "info", "debug", "trace");
        _grep.Validators.Add(result =>
        {
            try
            {
                _ = result.GetValueOrDefault<string?>() is { } pattern ? new Regex(pattern, RegexOptions.NonBacktracking) : null;
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                result.AddError($"--grep: {e.Message}");
            }
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore logs serial.log --level warn", "What went wrong."),
        ("hypercore logs serial.log --follow --vm mail", "What is about one VM, and what it writes to its COM1, as it comes."),
        ("stty -F /dev/ttyUSB0 115200 raw && hypercore logs /dev/ttyUSB0 --follow", "From a real machine, with a serial cable."),
        ("hypercore logs serial.log --json | jq 'select(.category == \"vm\")'", "For programs."),
    ];

    /// <inheritdoc/>
    public override string ExitCodes => "Code 1 means that the log has a panic.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        string? vm = arguments.GetValue(_vm);
        Regex? pattern = arguments.GetValue(_grep) is { } grep ? new Regex(grep, RegexOptions.NonBacktracking) : null;
        SerialLogFormat format = arguments.GetValue(_json) ? SerialLogFormat.Json : Context.HasColors ? SerialLogFormat.Color : SerialLogFormat.Text;
        using var provider = new SerialLogProvider(Context.Output, format);
        using ILoggerFactory factory = LoggerFactory.Create(logging => logging
            .AddProvider(provider)
            .SetMinimumLevel(SerialLogParser.LevelOf(arguments.GetRequiredValue(_level))));
        var parser = new SerialLogParser();
        bool hasPanic = false;

        void Show(string line)
        {
            SerialLogEntry entry = parser.Parse(line);
            hasPanic |= entry.Category == SerialLogEntry.Panic;
            if ((vm == null || entry.Vm == vm) && (pattern == null || pattern.IsMatch(entry.Message)))
            {
                factory.CreateLogger(entry.Category).Log(entry.Level, default, entry, null, (shown, _) => shown.Message);
            }
        }

        string file = arguments.GetRequiredValue(_file);
        using Stream stream = file == StandardInput ? Context.OpenInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Read(stream, arguments.GetValue(_follow) && file != StandardInput, Show);
        return hasPanic ? ExitCode.Bad : ExitCode.Good;
    }

    private void Read(Stream stream, bool follow, Action<string> show)
    {
        var lines = new SerialLineReader();
        byte[] buffer = new byte[BufferSize];
        while (!Context.Stopping.IsCancellationRequested)
        {
            int count = stream.Read(buffer);
            if (count > 0)
            {
                lines.Take(buffer.AsSpan(0, count)).ForEach(show);
            }
            else if (!follow)
            {
                break;
            }
            else
            {
                // A new boot may have begun the file anew.
                if (stream.CanSeek && stream.Length < stream.Position)
                {
                    stream.Position = 0;
                }

                Context.Output.Flush();
                Context.Stopping.WaitHandle.WaitOne(s_pause);
            }
        }

        if (lines.TakeRest() is { } rest)
        {
            show(rest);
        }
    }
}
