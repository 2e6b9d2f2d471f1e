namespace HyperCore.Efi.Vmx;

/// <summary>Primary processor-based VM-execution controls (Intel SDM vol. 3C, table 25-6).</summary>
internal static class ProcessorControl
{
    public const uint InterruptWindowExiting = 1u << 2;
    public const uint UseTscOffsetting = 1u << 3;
    public const uint HltExiting = 1u << 7;
    public const uint InvlpgExiting = 1u << 9;
    public const uint MwaitExiting = 1u << 10;
    public const uint RdpmcExiting = 1u << 11;
    public const uint RdtscExiting = 1u << 12;
    public const uint Cr3LoadExiting = 1u << 15;
    public const uint Cr3StoreExiting = 1u << 16;
    public const uint Cr8LoadExiting = 1u << 19;
    public const uint Cr8StoreExiting = 1u << 20;
    public const uint UseTprShadow = 1u << 21;
    public const uint NmiWindowExiting = 1u << 22;
    public const uint MovDrExiting = 1u << 23;
    public const uint UnconditionalIoExiting = 1u << 24;
    public const uint UseIoBitmaps = 1u << 25;
    public const uint UseMsrBitmaps = 1u << 28;
    public const uint MonitorExiting = 1u << 29;
    public const uint PauseExiting = 1u << 30;
    public const uint ActivateSecondaryControls = 1u << 31;
}
