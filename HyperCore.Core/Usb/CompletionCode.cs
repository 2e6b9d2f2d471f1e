namespace HyperCore.Core.Usb;

/// <summary>How a command or transfer ended (xHCI 1.2, table 6-90).</summary>
internal enum CompletionCode : byte
{
    Success = 1,
    BabbleDetected = 3,
    UsbTransactionError = 4,
    TrbError = 5,
    Stall = 6,
    NoSlotsAvailable = 9,
    ShortPacket = 13,
    RingUnderrun = 14,
    RingOverrun = 15,
    ContextStateError = 19,
    EventRingFull = 21,
    MissedService = 23,
    CommandRingStopped = 24,
    Stopped = 26,
    StoppedLengthInvalid = 27,
    StoppedShortPacket = 28,
}
