namespace HyperCore.Core.Usb;

/// <summary>Registers of an xHCI controller and their bits (xHCI 1.2, 5).</summary>
internal static class XhciRegister
{
    // Capability registers (5.3). CAPLENGTH is bits 7:0 of the first, HCIVERSION bits 31:16.
    public const uint CapabilityLength = 0x00;
    public const uint StructuralParameters1 = 0x04;
    public const uint StructuralParameters2 = 0x08;
    public const uint CapabilityParameters1 = 0x10;
    public const uint DoorbellOffset = 0x14;
    public const uint RuntimeOffset = 0x18;

    public const uint Capability64BitAddresses = 1 << 0;
    public const uint CapabilityLargeContexts = 1 << 2;
    public const uint CapabilityPortPower = 1 << 3;

    // Operational registers (5.4), behind the capability registers.
    public const uint Command = 0x00;
    public const uint Status = 0x04;
    public const uint PageSize = 0x08;
    public const uint CommandRing = 0x18;
    public const uint ContextArray = 0x30;
    public const uint Configure = 0x38;
    public const uint FirstPort = 0x400;
    public const uint PortStride = 0x10;

    public const uint CommandRun = 1 << 0;
    public const uint CommandReset = 1 << 1;
    public const uint CommandInterrupts = 1 << 2;

    public const uint StatusHalted = 1 << 0;
    public const uint StatusHostSystemError = 1 << 2;
    public const uint StatusEventInterrupt = 1 << 3;
    public const uint StatusNotReady = 1 << 11;
    public const uint StatusControllerError = 1 << 12;

    public const uint CommandRingCycle = 1 << 0;

    // PORTSC (5.4.8).
    public const uint PortConnected = 1 << 0;
    public const uint PortEnabled = 1 << 1;
    public const uint PortOverCurrent = 1 << 3;
    public const uint PortReset = 1 << 4;
    public const int PortLinkStateShift = 5;
    public const uint PortLinkStateMask = 0xF;
    public const uint PortPower = 1 << 9;
    public const int PortSpeedShift = 10;
    public const uint PortSpeedMask = 0xF;
    public const uint PortConnectChange = 1 << 17;
    public const uint PortResetChange = 1 << 21;
    public const uint PortChanges = 0x7F << 17;
    public const uint PortWarmReset = 1u << 31;

    // What is written back as it was read: power, indicator, wake enables. Writing 1 to any other bit does something.
    public const uint PortPreserved = PortPower | (3 << 14) | (7 << 25);

    public const uint LinkStateInactive = 6;
    public const uint LinkStateCompliance = 10;

    // Runtime registers (5.5): the first interrupter.
    public const uint InterrupterManagement = 0x20;
    public const uint InterrupterModeration = 0x24;
    public const uint EventTableSize = 0x28;
    public const uint EventTable = 0x30;
    public const uint EventDequeue = 0x38;
    public const uint RuntimeEnd = 0x40;

    public const uint InterruptPending = 1 << 0;
    public const uint InterruptEnable = 1 << 1;
    public const uint EventHandlerBusy = 1 << 3;

    // Extended capabilities (7).
    public const uint ExtendedLegacySupport = 1;
    public const uint ExtendedProtocol = 2;

    public const uint LegacyFirmwareOwned = 1 << 16;
    public const uint LegacySystemOwned = 1 << 24;

    // USBLEGCTLSTS: SMI enables are cleared, events in 31:29 are cleared by writing 1, the rest is kept (7.1.2).
    public const uint LegacyControl = 4;
    public const uint LegacyEnables = (1u << 0) | (1u << 4) | (7u << 13);
    public const uint LegacyEvents = 7u << 29;
}
