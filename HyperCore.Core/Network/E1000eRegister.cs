namespace HyperCore.Core.Network;

/// <summary>Registers of the Intel 82574 and its bits (82574 Family Datasheet, chapter 10; Linux calls them by the same names).</summary>
internal static class E1000eRegister
{
    public const uint Control = 0x0000;
    public const uint Status = 0x0008;
    public const uint EepromControl = 0x0010;
    public const uint InterruptCause = 0x00C0;
    public const uint InterruptThrottling = 0x00C4;
    public const uint InterruptMaskSet = 0x00D0;
    public const uint InterruptMaskClear = 0x00D8;
    public const uint ReceiveControl = 0x0100;
    public const uint TransmitControl = 0x0400;
    public const uint TransmitGap = 0x0410;
    public const uint ReceiveBaseLow = 0x2800;
    public const uint ReceiveBaseHigh = 0x2804;
    public const uint ReceiveLength = 0x2808;
    public const uint ReceiveHead = 0x2810;
    public const uint ReceiveTail = 0x2818;
    public const uint ReceiveDelay = 0x2820;
    public const uint ReceiveAbsoluteDelay = 0x282C;
    public const uint TransmitBaseLow = 0x3800;
    public const uint TransmitBaseHigh = 0x3804;
    public const uint TransmitLength = 0x3808;
    public const uint TransmitHead = 0x3810;
    public const uint TransmitTail = 0x3818;
    public const uint TransmitDescriptorControl = 0x3828;
    public const uint ReceiveChecksum = 0x5000;
    public const uint ReceiveFilter = 0x5008;
    public const uint MulticastTable = 0x5200;
    public const uint ReceiveAddressLow = 0x5400;
    public const uint ReceiveAddressHigh = 0x5404;
    public const uint MultipleQueues = 0x5818;
    public const uint PcieControl = 0x5B00;
    public const uint PcieControl2 = 0x5B64;

    /// <summary>Bytes of registers that are used.</summary>
    public const uint Length = 0x6000;

    /// <summary>Registers of the multicast table.</summary>
    public const uint MulticastTableSize = 128;

    /// <summary>Pairs of receive address registers that are used: the last one may belong to the management controller.</summary>
    public const int ReceiveAddresses = 15;

    /// <summary>Control: no new requests to memory.</summary>
    public const uint MasterDisable = 1 << 2;

    /// <summary>Control: set link up.</summary>
    public const uint SetLinkUp = 1 << 6;

    /// <summary>Control: force speed and duplex, instead of what was negotiated.</summary>
    public const uint ForceSpeedAndDuplex = (1 << 11) | (1 << 12);

    /// <summary>Control: reset; clears itself.</summary>
    public const uint Reset = 1 << 26;

    /// <summary>Status: link up.</summary>
    public const uint LinkUp = 1 << 1;

    /// <summary>Status: the lowest bit of the speed: 10, 100, 1000, 1000.</summary>
    public const int SpeedShift = 6;

    /// <summary>Status: requests to memory may be under way.</summary>
    public const uint MasterEnabled = 1 << 19;

    /// <summary>EEPROM control: what it holds was read after the reset.</summary>
    public const uint AutoReadDone = 1 << 9;

    /// <summary>Interrupt cause: link changed.</summary>
    public const uint LinkChanged = 1 << 2;

    /// <summary>Interrupt cause: few receive descriptors are left.</summary>
    public const uint FewReceiveDescriptors = 1 << 4;

    /// <summary>Interrupt cause: a frame found no room.</summary>
    public const uint ReceiveOverrun = 1 << 6;

    /// <summary>Interrupt cause: frames have come in.</summary>
    public const uint Received = 1 << 7;

    /// <summary>Receive control: enable.</summary>
    public const uint ReceiveEnable = 1 << 1;

    /// <summary>Receive control: frames for all groups.</summary>
    public const uint AllMulticast = 1 << 4;

    /// <summary>Receive control: broadcast frames.</summary>
    public const uint AcceptBroadcast = 1 << 15;

    /// <summary>Receive control: without the frame check sequence. Buffers are of 2048 bytes when the bits for their size are 0.</summary>
    public const uint StripChecksum = 1 << 26;

    /// <summary>Transmit control: enable.</summary>
    public const uint TransmitEnable = 1 << 1;

    /// <summary>Transmit control: short frames are filled up.</summary>
    public const uint PadShort = 1 << 3;

    /// <summary>Transmit control: collision threshold of 15 and distance of 63, as the datasheet wants them (10.2.6.1).</summary>
    public const uint Collisions = (0x0F << 4) | (0x3F << 12);

    /// <summary>Transmit inter-packet gap for copper: 8, 8 and 6 (10.2.6.3).</summary>
    public const uint Gap = 8 | (8 << 10) | (6 << 20);

    /// <summary>Transmit descriptor control: bit 22 has to be set, and thresholds count descriptors and write each one back (10.2.6.10).</summary>
    public const uint WriteBackEach = (1 << 22) | (1 << 24) | (1 << 16);

    /// <summary>Receive filter: descriptors of the extended format, which are not used.</summary>
    public const uint ExtendedStatus = 1 << 15;

    /// <summary>Receive address, upper half: the address is valid.</summary>
    public const uint AddressValid = 1u << 31;

    /// <summary>PCIe control: bit 22 works around an erratum of completions, as does bit 0 of the second register (82574 specification update).</summary>
    public const uint CompletionWorkaround = 1 << 22;
}
