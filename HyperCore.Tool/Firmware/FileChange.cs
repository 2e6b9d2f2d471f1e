namespace HyperCore.Tool.Firmware;

/// <summary>What is to be done with a file on the partition.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">Its path on the partition, with backslashes.</param>
/// <param name="Source">The file with the content.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Length">Bytes of the content.</param>
internal sealed record FileChange(FileChangeKind Kind, string Path, string Source, string Target, long Length);
