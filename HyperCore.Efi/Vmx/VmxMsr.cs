namespace HyperCore.Efi.Vmx;

/// <summary>Model-specific registers that VMX is found out about and switched on with (Intel SDM vol. 3D, appendix A; vol. 3C, 24.7).</summary>
internal static class VmxMsr
{
    public const uint FeatureControl = 0x3A;
    public const uint SysenterCs = 0x174;
    public const uint SysenterEsp = 0x175;
    public const uint SysenterEip = 0x176;
    public const uint Pat = 0x277;
    public const uint Basic = 0x480;
    public const uint PinBasedControls = 0x481;
    public const uint ProcessorControls = 0x482;
    public const uint ExitControls = 0x483;
    public const uint EntryControls = 0x484;
    public const uint Miscellaneous = 0x485;
    public const uint Cr0Fixed0 = 0x486;
    public const uint Cr0Fixed1 = 0x487;
    public const uint Cr4Fixed0 = 0x488;
    public const uint Cr4Fixed1 = 0x489;
    public const uint SecondaryControls = 0x48B;
    public const uint EptVpidCapabilities = 0x48C;
    public const uint TruePinBasedControls = 0x48D;
    public const uint TrueProcessorControls = 0x48E;
    public const uint TrueExitControls = 0x48F;
    public const uint TrueEntryControls = 0x490;
    public const uint Efer = 0xC000_0080;
    public const uint Star = 0xC000_0081;
    public const uint Lstar = 0xC000_0082;
    public const uint Cstar = 0xC000_0083;
    public const uint Sfmask = 0xC000_0084;
    public const uint FsBase = 0xC000_0100;
    public const uint GsBase = 0xC000_0101;
    public const uint KernelGsBase = 0xC000_0102;
    public const uint TscAux = 0xC000_0103;

    /// <summary>IA32_FEATURE_CONTROL.LOCK: the register cannot be written until the next reset.</summary>
    public const ulong FeatureControlLock = 1;

    /// <summary>IA32_FEATURE_CONTROL: VMXON is allowed outside SMX operation.</summary>
    public const ulong FeatureControlVmx = 1 << 2;
}
