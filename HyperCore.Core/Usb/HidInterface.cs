namespace HyperCore.Core.Usb;

/// <summary>A keyboard's or mouse's interface as a configuration descriptor has it.</summary>
public struct HidInterface
{
    /// <summary>bInterfaceNumber.</summary>
    public byte Number;

    /// <summary>A keyboard, else a mouse.</summary>
    public bool IsKeyboard;

    /// <summary>bEndpointAddress of its interrupt IN endpoint, with bit 7.</summary>
    public byte EndpointAddress;

    /// <summary>wMaxPacketSize without the bits for high bandwidth.</summary>
    public ushort MaxPacketSize;

    /// <summary>bInterval, in the units of the device's speed.</summary>
    public byte Interval;
}
