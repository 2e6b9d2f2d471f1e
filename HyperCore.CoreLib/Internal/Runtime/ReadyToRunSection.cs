namespace Internal.Runtime;

/// <summary>One entry of the image's table of contents.</summary>
internal unsafe struct ReadyToRunSection
{
    public int Id;
    public int Flags;
    public byte* Start;
    public byte* End;
}
