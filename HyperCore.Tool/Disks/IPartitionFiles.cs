namespace HyperCore.Tool.Disks;

/// <summary>The files of a partition, to look at. Paths begin at its root and do not tell capitals from small letters.</summary>
internal interface IPartitionFiles
{
    /// <summary>Bytes of a file; null when there is none.</summary>
    /// <exception cref="System.IO.InvalidDataException">It is there, but damaged.</exception>
    long? Length(string path);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="limit">The most bytes there may be.</param>
    /// <exception cref="System.IO.InvalidDataException">It is missing, larger, or damaged.</exception>
    byte[] Read(string path, int limit);
}
