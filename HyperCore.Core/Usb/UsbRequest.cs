namespace HyperCore.Core.Usb;

/// <summary>Requests on the control endpoint (USB 2.0, 9.3, 9.4, 11.24; USB 3.2, 10.16; HID 1.11, 7.2).</summary>
internal static class UsbRequest
{
    public const byte DeviceIn = 0x80;
    public const byte DeviceOut = 0x00;
    public const byte EndpointOut = 0x02;
    public const byte ClassDeviceIn = 0xA0;
    public const byte ClassDeviceOut = 0x20;
    public const byte ClassPortIn = 0xA3;
    public const byte ClassPortOut = 0x23;
    public const byte ClassInterfaceOut = 0x21;

    public const byte GetStatus = 0;
    public const byte ClearFeature = 1;
    public const byte SetFeature = 3;
    public const byte GetDescriptor = 6;
    public const byte SetConfiguration = 9;
    public const byte SetHubDepth = 12;
    public const byte HidSetReport = 0x09;
    public const byte HidSetIdle = 0x0A;
    public const byte HidSetProtocol = 0x0B;

    public const ushort EndpointHalt = 0;

    public const ushort PortEnable = 1;
    public const ushort PortReset = 4;
    public const ushort PortPower = 8;
    public const ushort PortConnectChange = 16;
    public const ushort PortEnableChange = 17;
    public const ushort PortSuspendChange = 18;
    public const ushort PortOverCurrentChange = 19;
    public const ushort PortResetChange = 20;
    public const ushort PortLinkStateChange = 25;
    public const ushort PortConfigErrorChange = 26;
    public const ushort PortWarmReset = 28;
    public const ushort PortWarmResetChange = 29;

    public const ushort BootProtocol = 0;
    public const ushort OutputReport = 2 << 8;
}
