namespace HyperCore.Core.Usb;

/// <summary>A port of the controller itself (xHCI 1.2, 4.19 and 5.4.8).</summary>
internal sealed class RootPort : UsbPort
{
    private readonly RootPortProtocol _protocol;
    private PortStatus _status;
    private bool _isStale = true;

    public RootPort(XhciController controller, int number, RootPortProtocol protocol)
        : base(controller, number) => _protocol = protocol;

    public override UsbDevice? Parent => null;

    /// <summary>For Enable Slot.</summary>
    public int SlotType => _protocol.SlotType;

    /// <summary>Switches its power on, where that can be switched.</summary>
    public void PowerOn()
    {
        uint value = Controller.ReadPort(Number);
        if ((value & XhciRegister.PortPower) == 0)
        {
            Controller.WritePort(Number, (value & XhciRegister.PortPreserved) | XhciRegister.PortPower);
        }
    }

    /// <summary>The controller says that something has changed, or it is time to look.</summary>
    public void Touch() => _isStale = true;

    protected override PortStatus Look(ulong now)
    {
        // Reading a register takes as long as many instructions, and this is called for every event of the controller.
        if (!_isStale && !WantsPoll(now))
        {
            _status.HasConnectionChanged = false;
            return _status;
        }

        _isStale = false;
        uint value = Controller.ReadPort(Number);
        uint changes = value & XhciRegister.PortChanges;
        if (changes != 0)
        {
            Controller.WritePort(Number, (value & XhciRegister.PortPreserved) | changes);
        }

        uint speedId = (value >> XhciRegister.PortSpeedShift) & XhciRegister.PortSpeedMask;
        uint link = (value >> XhciRegister.PortLinkStateShift) & XhciRegister.PortLinkStateMask;
        bool needsWarmReset = _protocol.IsUsb3 && link is XhciRegister.LinkStateInactive or XhciRegister.LinkStateCompliance;
        _status = new PortStatus
        {
            // A USB 3 link in one of these states shows no connection, and still something is plugged in.
            IsConnected = (value & XhciRegister.PortConnected) != 0 || needsWarmReset,
            IsEnabled = (value & XhciRegister.PortEnabled) != 0,
            IsResetting = (value & (XhciRegister.PortReset | XhciRegister.PortWarmReset)) != 0,
            IsOverCurrent = (value & XhciRegister.PortOverCurrent) != 0,
            HasConnectionChanged = (changes & XhciRegister.PortConnectChange) != 0,
            NeedsWarmReset = needsWarmReset,
            SpeedId = (byte)speedId,
            Speed = _protocol.SpeedOf(speedId),
        };
        return _status;
    }

    protected override void StartReset(bool warm) => Write(warm ? XhciRegister.PortWarmReset : XhciRegister.PortReset);

    protected override void Disable()
    {
        // Of a USB 3 port the bit must not be used (5.4.8); its device is addressed by route and disturbs nobody.
        if (!_protocol.IsUsb3)
        {
            Write(XhciRegister.PortEnabled);
        }
    }

    private void Write(uint action) => Controller.WritePort(Number, (Controller.ReadPort(Number) & XhciRegister.PortPreserved) | action);
}
