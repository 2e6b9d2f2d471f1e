using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Config;

/// <summary>What the parser has to say about a file: the first few errors and warnings, and how many there were.</summary>
public sealed class ConfigDiagnostics
{
    /// <summary>Errors and warnings, each, that are kept.</summary>
    public const int MaxKept = 8;

    private readonly ConfigDiagnostic[] _errors = new ConfigDiagnostic[MaxKept];
    private readonly ConfigDiagnostic[] _warnings = new ConfigDiagnostic[MaxKept];
    private readonly string _fileName;

    /// <summary>Starts empty.</summary>
    /// <param name="fileName">The file's name for messages.</param>
    public ConfigDiagnostics(string fileName = "hypercore.conf")
    {
        _fileName = fileName;
    }

    /// <summary>All errors found, also those not kept.</summary>
    public int ErrorCount { get; private set; }

    /// <summary>All warnings found, also those not kept.</summary>
    public int WarningCount { get; private set; }

    /// <summary>Errors kept, in the order in which they were found.</summary>
    public ReadOnlySpan<ConfigDiagnostic> Errors => _errors.AsSpan(0, Math.Min(ErrorCount, MaxKept));

    /// <summary>Warnings kept, in the order in which they were found.</summary>
    public ReadOnlySpan<ConfigDiagnostic> Warnings => _warnings.AsSpan(0, Math.Min(WarningCount, MaxKept));

    /// <summary>Writes <c>hypercore.conf:12:11: message</c>.</summary>
    public void Write(ConfigDiagnostic diagnostic, ref TextBuilder text)
    {
        text.Append(_fileName);
        text.Append(':');
        text.AppendDecimal((ulong)diagnostic.Line);
        text.Append(':');
        text.AppendDecimal((ulong)diagnostic.Column);
        text.Append(": ");
        text.Append(diagnostic.Message);
    }

    internal void AddError(int line, int column, ReadOnlySpan<char> message)
    {
        if (ErrorCount < MaxKept)
        {
            _errors[ErrorCount] = new ConfigDiagnostic(line, column, new string(message));
        }

        ErrorCount++;
    }

    internal void AddWarning(int line, int column, ReadOnlySpan<char> message)
    {
        if (WarningCount < MaxKept)
        {
            _warnings[WarningCount] = new ConfigDiagnostic(line, column, new string(message));
        }

        WarningCount++;
    }
}
