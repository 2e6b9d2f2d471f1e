namespace HyperCore.Efi.Vmx;

/// <summary>
/// Which bits of a control field may be 0 and which may be 1, as a capability MSR tells: the low half has the bits that must be 1, the high half
/// those that may be (Intel SDM vol. 3D, A.3 to A.5).
/// </summary>
/// <param name="value">The MSR.</param>
internal readonly struct ControlCapability(ulong value)
{
    /// <summary>The MSR.</summary>
    public ulong Value { get; } = value;

    /// <summary>Bits that must be 1.</summary>
    public uint Required { get; } = (uint)value;

    /// <summary>Bits that may be 1.</summary>
    public uint Allowed { get; } = (uint)(value >> 32);

    /// <summary>All bits may be 1.</summary>
    public bool CanSet(uint bits) => (bits & ~Allowed) == 0;

    /// <summary>All bits may be 0.</summary>
    public bool CanClear(uint bits) => (bits & Required) == 0;

    /// <summary>The wanted bits as far as they may be 1, and those that must be.</summary>
    public uint Adjust(uint wanted) => (wanted & Allowed) | Required;

    /// <summary>The processor takes this value.</summary>
    public bool Accepts(uint value) => (value & ~Allowed) == 0 && (value & Required) == Required;
}
