using System;

namespace HyperCore.Core.Machine;

/// <summary>A file in memory.</summary>
/// <param name="address">Its first byte.</param>
/// <param name="length">Bytes, less than 2 GiB.</param>
public readonly unsafe struct FileContent(byte* address, int length)
{
    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => new(address, length);
}
