using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Logs;

/// <summary>Where log lines go to: a writer, as text or as JSON.</summary>
/// <param name="output">The writer.</param>
/// <param name="format">How they are written.</param>
internal sealed class SerialLogProvider(TextWriter output, SerialLogFormat format) : ILoggerProvider
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(output, format);

    /// <inheritdoc/>
    public void Dispose() => output.Flush();

    private sealed class Writer(TextWriter output, SerialLogFormat format) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (state is SerialLogEntry entry)
            {
                output.WriteLine(format == SerialLogFormat.Json ? ToJson(entry) : ToText(entry, format == SerialLogFormat.Color));
            }
        }

        private static string ToText(SerialLogEntry entry, bool hasColors)
        {
            string time = entry.Time is { } seconds ? seconds.ToString("0.000000", CultureInfo.InvariantCulture).PadLeft(12) : new string(' ', 12);
            string level = SerialLogParser.NameOf(entry.Level).PadRight(5);
            string start = entry.Category == SerialLogEntry.Guest ? $"{entry.Vm}|" : $"{entry.Category}:";
            return hasColors
                ? $"\e[90m{time}\e[0m {ColorOf(entry.Level)}{level}\e[0m \e[{(entry.Category == SerialLogEntry.Guest ? 36 : 1)}m{start}\e[0m {entry.Message}"
                : $"{time} {level} {start} {entry.Message}";
        }

        private static string ColorOf(LogLevel level) => level switch
        {
            LogLevel.Critical => "\e[97;41m",
            LogLevel.Error => "\e[31m",
            LogLevel.Warning => "\e[33m",
            LogLevel.Information => "\e[32m",
            _ => "\e[90m",
        };

        private static string ToJson(SerialLogEntry entry)
        {
            var bytes = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(bytes, s_json))
            {
                json.WriteStartObject();
                if (entry.Time is { } time)
                {
                    json.WriteNumber("time", time);
                }

                json.WriteString("level", SerialLogParser.NameOf(entry.Level));
                json.WriteString("category", entry.Category);
                if (entry.Vm != null)
                {
                    json.WriteString("vm", entry.Vm);
                }

                json.WriteString("message", entry.Message);
                json.WriteEndObject();
            }

            return Encoding.UTF8.GetString(bytes.WrittenSpan);
        }
    }
}
