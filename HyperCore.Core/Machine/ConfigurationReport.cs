using System;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>What became of hypercore.conf, in lines that the menu and the log show.</summary>
public sealed class ConfigurationReport
{
    private readonly ConfigDiagnostics _diagnostics;
    private readonly string? _fileProblem;
    private readonly char[] _line = new char[240];

    /// <summary>Creates the report.</summary>
    /// <param name="path">Where the file is, or was looked for.</param>
    /// <param name="state">Whether it was there and could be read.</param>
    /// <param name="diagnostics">What the parser had to say.</param>
    /// <param name="fileProblem">Why the file could not be read or was refused, a sentence that begins with its path; null when it was read.</param>
    public ConfigurationReport(string path, ConfigurationState state, ConfigDiagnostics diagnostics, string? fileProblem = null)
    {
        _fileProblem = state == ConfigurationState.Missing ? null : fileProblem;
        Path = path;
        State = state;
        _diagnostics = diagnostics;
    }

    /// <summary>Where the file is, or was looked for.</summary>
    public string Path { get; }

    /// <summary>Which places that path was looked for in, to follow "there is no file".</summary>
    public string Place { get; init; } = "on the partition HyperCore was started from";

    /// <summary>Whether it was there and could be read.</summary>
    public ConfigurationState State { get; }

    /// <summary>Number of problems.</summary>
    public int ProblemCount => _diagnostics.Errors.Length + (_fileProblem == null ? 0 : 1);

    /// <summary>A problem: file, line, column and what was expected. Good until the next call.</summary>
    public ReadOnlySpan<char> GetProblem(int index)
    {
        var text = new TextBuilder(_line);
        if (_fileProblem != null && index-- == 0)
        {
            text.Append(_fileProblem);
            return text.Text;
        }

        _diagnostics.Write(_diagnostics.Errors[index], ref text);
        return text.Text;
    }

    /// <summary>Writes everything to the log.</summary>
    public void WriteTo(Log log)
    {
        if (State == ConfigurationState.Missing)
        {
            log.Write(LogLevel.Error, $"config: {Path} was not found {Place}");
        }

        for (int i = 0; i < ProblemCount; i++)
        {
            log.Write(LogLevel.Error, $"config: {GetProblem(i)}");
        }

        for (int i = 0; i < _diagnostics.Warnings.Length; i++)
        {
            var text = new TextBuilder(_line);
            _diagnostics.Write(_diagnostics.Warnings[i], ref text);
            log.Write(LogLevel.Warning, $"config: {text.Text}");
        }
    }
}
