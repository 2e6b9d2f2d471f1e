namespace Internal.Runtime;

/// <summary>Which virtual method implements which interface method; the entries follow.</summary>
internal struct DispatchMap
{
    /// <summary>Implementations in the class.</summary>
    public ushort StandardEntries;

    /// <summary>Implementations in the interface.</summary>
    public ushort DefaultEntries;

    public ushort StandardStaticEntries;

    public ushort DefaultStaticEntries;
}
