namespace Internal.Runtime;

/// <summary>One line of a <see cref="DispatchMap"/>.</summary>
internal struct DispatchMapEntry
{
    public ushort InterfaceIndex;
    public ushort InterfaceMethodSlot;
    public ushort ImplementationSlot;
}
