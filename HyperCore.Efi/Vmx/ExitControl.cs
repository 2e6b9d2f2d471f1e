namespace HyperCore.Efi.Vmx;

/// <summary>VM-exit controls (Intel SDM vol. 3C, table 25-13).</summary>
internal static class ExitControl
{
    public const uint SaveDebugControls = 1u << 2;
    public const uint HostAddressSpaceSize = 1u << 9;
    public const uint LoadPerfGlobalControl = 1u << 12;
    public const uint AcknowledgeInterrupt = 1u << 15;
    public const uint SavePat = 1u << 18;
    public const uint LoadPat = 1u << 19;
    public const uint SaveEfer = 1u << 20;
    public const uint LoadEfer = 1u << 21;
}
