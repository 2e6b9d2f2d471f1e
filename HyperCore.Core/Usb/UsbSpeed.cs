namespace HyperCore.Core.Usb;

/// <summary>How fast a device talks; the numbers are the default speed IDs of slot contexts (xHCI 1.2, 7.2.2.1.1).</summary>
internal enum UsbSpeed : byte
{
    Unknown = 0,
    Full = 1,
    Low = 2,
    High = 3,
    Super = 4,
    SuperPlus = 5,
}
