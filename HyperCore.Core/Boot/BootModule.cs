using System;

namespace HyperCore.Core.Boot;

/// <summary>A file that a Multiboot kernel is given as a module.</summary>
/// <param name="data">The first byte; stays valid during the loading.</param>
/// <param name="length">Length in bytes.</param>
/// <param name="text">The module's string: path and arguments.</param>
public readonly unsafe struct BootModule(byte* data, int length, string text)
{
    private readonly byte* _data = data;
    private readonly int _length = length;

    /// <summary>The module's string: path and arguments.</summary>
    public readonly string Text = text;

    /// <summary>The file.</summary>
    public ReadOnlySpan<byte> File => new(_data, _length);
}
