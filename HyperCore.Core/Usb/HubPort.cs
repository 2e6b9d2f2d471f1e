namespace HyperCore.Core.Usb;

/// <summary>A port of a hub: what the hub said of it last, and what it is to do with it (USB 2.0, 11.24.2.7; USB 3.2, 10.16.2.6).</summary>
internal sealed class HubPort : UsbPort
{
    private const int StatusConnected = 1 << 0;
    private const int StatusEnabled = 1 << 1;
    private const int StatusOverCurrent = 1 << 3;
    private const int StatusReset = 1 << 4;
    private const int StatusLowSpeed = 1 << 9;
    private const int StatusHighSpeed = 1 << 10;
    private const int ChangeConnection = 1 << 0;

    private readonly UsbHub _hub;
    private PortStatus _status;

    public HubPort(XhciController controller, UsbHub hub, int number)
        : base(controller, number) => _hub = hub;

    public override UsbDevice? Parent => _hub.Device;

    /// <summary>The hub is to be asked for the port's state.</summary>
    public bool WantsStatus { get; set; }

    /// <summary>The hub is to reset what is on it.</summary>
    public bool WantsReset { get; set; }

    public bool WantsWarmReset { get; private set; }

    /// <summary>The hub is to switch it off.</summary>
    public bool WantsDisable { get; set; }

    public void Open()
    {
        Reset();
        _status = default;
        WantsStatus = true;
        WantsReset = false;
        WantsDisable = false;
    }

    /// <summary>Takes what the hub says.</summary>
    /// <param name="status">wPortStatus.</param>
    /// <param name="change">wPortChange.</param>
    /// <param name="isUsb3">The hub is one of USB 3, whose bits mean something else from 5 on.</param>
    public void Update(int status, int change, bool isUsb3)
    {
        uint link = (uint)(status >> XhciRegister.PortLinkStateShift) & XhciRegister.PortLinkStateMask;
        bool needsWarmReset = isUsb3 && link is XhciRegister.LinkStateInactive or XhciRegister.LinkStateCompliance;
        UsbSpeed speed = isUsb3 ? UsbSpeed.Super
            : (status & StatusLowSpeed) != 0 ? UsbSpeed.Low
            : (status & StatusHighSpeed) != 0 ? UsbSpeed.High
            : UsbSpeed.Full;
        _status = new PortStatus
        {
            IsConnected = (status & StatusConnected) != 0 || needsWarmReset,
            IsEnabled = (status & StatusEnabled) != 0,
            IsResetting = WantsReset || (status & StatusReset) != 0,
            IsOverCurrent = (status & StatusOverCurrent) != 0,
            HasConnectionChanged = _status.HasConnectionChanged || (change & ChangeConnection) != 0,
            NeedsWarmReset = needsWarmReset,
            SpeedId = (byte)speed,
            Speed = speed,
        };
    }

    protected override PortStatus Look(ulong now)
    {
        if (WantsPoll(now))
        {
            WantsStatus = true;
        }

        PortStatus result = _status;
        _status.HasConnectionChanged = false;
        return result;
    }

    protected override void StartReset(bool warm)
    {
        WantsReset = true;
        WantsWarmReset = warm;

        // Until the hub says otherwise.
        _status.IsResetting = true;
    }

    protected override void Disable() => WantsDisable = true;
}
