namespace Internal.Runtime;

/// <summary>The compiler's table of contents of the image.</summary>
internal struct ReadyToRunHeader
{
    public uint Signature;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint Flags;
    public ushort NumberOfSections;
    public byte EntrySize;
    public byte EntryType;
}
