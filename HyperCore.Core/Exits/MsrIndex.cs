namespace HyperCore.Core.Exits;

/// <summary>Model-specific registers that guests meet (AMD APM vol. 2, appendix A; Intel SDM vol. 4).</summary>
public static class MsrIndex
{
#pragma warning disable CS1591 // The names are the manuals' own; a sentence for each would repeat them.
    public const uint Tsc = 0x10;
    public const uint PlatformId = 0x17;
    public const uint ApicBase = 0x1B;
    public const uint TscAdjust = 0x3B;
    public const uint PredictionCommand = 0x49;
    public const uint PatchLevel = 0x8B;
    public const uint MtrrCapabilities = 0xFE;
    public const uint McgCapabilities = 0x179;
    public const uint McgStatus = 0x17A;
    public const uint McgControl = 0x17B;
    public const uint MiscellaneousEnable = 0x1A0;
    public const uint DebugControl = 0x1D9;
    public const uint LastBranchFirst = 0x1DB;
    public const uint LastBranchLast = 0x1DE;
    public const uint Pat = 0x277;
    public const uint MtrrDefaultType = 0x2FF;
    public const uint TscDeadline = 0x6E0;
    public const uint X2ApicFirst = 0x800;
    public const uint X2ApicLast = 0x8FF;
    public const uint ExtendedSupervisorState = 0xDA0;
    public const uint Efer = 0xC000_0080;
    public const uint TscAux = 0xC000_0103;
    public const uint K7EventSelect0 = 0xC001_0000;
    public const uint K7Counter3 = 0xC001_0007;
    public const uint SystemConfiguration = 0xC001_0010;
    public const uint HardwareConfiguration = 0xC001_0015;
    public const uint IoRangeFirst = 0xC001_0016;
    public const uint IoRangeLast = 0xC001_0019;
    public const uint TopOfMemory = 0xC001_001A;
    public const uint TopOfMemory2 = 0xC001_001D;
    public const uint NorthbridgeConfiguration = 0xC001_001F;
    public const uint InterruptPending = 0xC001_0055;
    public const uint MmioConfigurationBase = 0xC001_0058;
    public const uint PStateLimit = 0xC001_0061;
    public const uint PState0 = 0xC001_0064;
    public const uint PState7 = 0xC001_006B;
    public const uint SmmBase = 0xC001_0111;
    public const uint SmmAddress = 0xC001_0112;
    public const uint SmmMask = 0xC001_0113;
    public const uint VmControl = 0xC001_0114;
    public const uint LoadStoreConfiguration = 0xC001_1020;
    public const uint InstructionCacheConfiguration = 0xC001_1021;
    public const uint DataCacheConfiguration = 0xC001_1022;
    public const uint DecodeConfiguration = 0xC001_1029;
    public const uint LoadStoreConfiguration2 = 0xC001_102D;
#pragma warning restore CS1591
}
