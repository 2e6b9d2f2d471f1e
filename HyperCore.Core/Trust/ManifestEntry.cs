using System;

namespace HyperCore.Core.Trust;

/// <summary>A line of a manifest: a file, how long it is, and its hash.</summary>
/// <param name="hash">SHA-256, 64 lower-case hexadecimal digits.</param>
/// <param name="size">Bytes of the file.</param>
/// <param name="path">Its path from the root of the partition, UTF-8.</param>
public readonly ref struct ManifestEntry(ReadOnlySpan<byte> hash, ulong size, ReadOnlySpan<byte> path)
{
    /// <summary>SHA-256, 64 lower-case hexadecimal digits.</summary>
    public readonly ReadOnlySpan<byte> Hash = hash;

    /// <summary>Bytes of the file.</summary>
    public readonly ulong Size = size;

    /// <summary>Its path from the root of the partition, UTF-8.</summary>
    public readonly ReadOnlySpan<byte> Path = path;
}
