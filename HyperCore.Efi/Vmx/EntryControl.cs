namespace HyperCore.Efi.Vmx;

/// <summary>VM-entry controls (Intel SDM vol. 3C, table 25-16).</summary>
internal static class EntryControl
{
    public const uint LoadDebugControls = 1u << 2;
    public const uint Ia32eModeGuest = 1u << 9;
    public const uint EntryToSmm = 1u << 10;
    public const uint DeactivateDualMonitor = 1u << 11;
    public const uint LoadPerfGlobalControl = 1u << 13;
    public const uint LoadPat = 1u << 14;
    public const uint LoadEfer = 1u << 15;
}
