using System;

namespace HyperCore.Efi.Startup;

/// <summary>Is told how loading a file goes, about every MiB, so that somebody can show it.</summary>
public abstract class LoadProgress
{
    /// <summary>Part of a file was loaded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loaded">Bytes so far; 0 at the start.</param>
    /// <param name="total">Bytes of the file.</param>
    public abstract void Report(ReadOnlySpan<char> path, ulong loaded, ulong total);
}
