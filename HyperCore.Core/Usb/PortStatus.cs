namespace HyperCore.Core.Usb;

/// <summary>What a port says, whether it is the controller's or a hub's.</summary>
internal struct PortStatus
{
    public bool IsConnected;
    public bool IsEnabled;
    public bool IsResetting;
    public bool IsOverCurrent;

    /// <summary>A connection came or went since the port was looked at last.</summary>
    public bool HasConnectionChanged;

    /// <summary>The link cannot be brought up but by a warm reset (USB 3.2, 7.5.2 and 7.5.4.3).</summary>
    public bool NeedsWarmReset;

    /// <summary>Speed ID for the slot context.</summary>
    public byte SpeedId;

    public UsbSpeed Speed;
}
