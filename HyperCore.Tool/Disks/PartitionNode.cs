using System;
using System.Collections.Generic;

namespace HyperCore.Tool.Disks;

/// <summary>A file or a folder that goes onto a partition.</summary>
/// <param name="name">Its name, without a path.</param>
/// <param name="source">The file with the content; null for a folder.</param>
/// <param name="length">Bytes of the content.</param>
internal sealed class PartitionNode(string name, string? source, long length)
{
    /// <summary>Its name, without a path.</summary>
    public string Name { get; } = name;

    /// <summary>The file with the content; null for a folder.</summary>
    public string? Source { get; } = source;

    /// <summary>Bytes of the content; 0 for a folder.</summary>
    public long Length { get; } = length;

    /// <summary>It is a folder.</summary>
    public bool IsFolder => Source == null;

    /// <summary>What is in the folder, in an order that depends on the names alone. FAT does not tell capitals from small letters.</summary>
    public SortedDictionary<string, PartitionNode> Children { get; } = new(StringComparer.OrdinalIgnoreCase);
}
