namespace HyperCore.Core.Config;

/// <summary>One thing wrong with a configuration file.</summary>
/// <param name="line">Line, from 1.</param>
/// <param name="column">Column, from 1, in characters.</param>
/// <param name="message">What is wrong and what was expected.</param>
public readonly struct ConfigDiagnostic(int line, int column, string message)
{
    /// <summary>Line, from 1.</summary>
    public readonly int Line = line;

    /// <summary>Column, from 1, in characters.</summary>
    public readonly int Column = column;

    /// <summary>What is wrong and what was expected.</summary>
    public readonly string Message = message;
}
