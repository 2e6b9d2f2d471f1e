using System.IO;

namespace HyperCore.Tool.Disks;

/// <summary>A partition that is mounted, or a folder that will be copied to one.</summary>
/// <param name="folder">The folder of its root.</param>
internal sealed class FolderPartition(string folder) : IPartitionFiles
{
    /// <inheritdoc/>
    public long? Length(string path)
    {
        string file = FolderWriter.Resolve(folder, path);
        return File.Exists(file) ? new FileInfo(file).Length : null;
    }

    /// <inheritdoc/>
    public byte[] Read(string path, int limit)
    {
        long length = Length(path) ?? throw new InvalidDataException($"{path} is missing");
        return length <= limit ? File.ReadAllBytes(FolderWriter.Resolve(folder, path)) : throw new InvalidDataException($"{path} has {length} bytes; expected {limit} at most");
    }
}
