namespace HyperCore.Tests.Fakes;

/// <summary>A port of a fake controller: PORTSC and what is plugged in.</summary>
internal sealed class FakePort(FakeXhci controller, int number, bool isUsb3)
{
    private const uint Connected = 1 << 0;
    private const uint Enabled = 1 << 1;
    private const uint ResetBit = 1 << 4;
    private const uint Power = 1 << 9;
    private const uint ConnectChange = 1 << 17;
    private const uint ResetChange = 1 << 21;
    private const uint Changes = 0x7F << 17;

    private uint _status = controller.PortPowerControl ? 0 : Power;

    public uint Status => _status | (controller.PortPowerControl ? 0 : Power);

    public FakeUsbDevice? Device { get; private set; }

    /// <summary>A reset is never done.</summary>
    public bool ResetHangs { get; set; }

    public int Resets { get; private set; }

    public bool IsEnabled => (_status & Enabled) != 0;

    public void Plug(FakeUsbDevice device)
    {
        device.Controller = controller;
        Device = device;
        Show();
    }

    public void Unplug()
    {
        Device?.Unplugged();
        Device = null;
        _status &= ~(Connected | Enabled | (0xFu << 10));
        Change(ConnectChange);
    }

    public void ControllerReset()
    {
        _status = 0;
        if (!controller.PortPowerControl)
        {
            Show();
        }
    }

    public void Write(uint value)
    {
        _status &= ~(value & Changes);
        if ((value & Power) == 0 && controller.PortPowerControl)
        {
            _status &= ~Power;
        }
        else if ((_status & Power) == 0 && controller.PortPowerControl)
        {
            _status |= Power;
            controller.Later(Show);
        }

        if ((value & Enabled) != 0)
        {
            if (isUsb3)
            {
                controller.Violations.Add("PED of a USB 3 port written");
            }

            _status &= ~Enabled;
        }

        if ((value & (ResetBit | (1u << 31))) != 0 && Device != null)
        {
            Resets++;
            _status |= ResetBit;
            if (!ResetHangs)
            {
                controller.Later(EndReset);
            }
        }
    }

    private void EndReset()
    {
        if (Device != null && (_status & Connected) != 0)
        {
            Device.Reset();
            _status = (_status & ~(ResetBit | (0xFu << 10))) | Enabled | ((uint)Device.Speed << 10);
            Change(ResetChange);
        }
    }

    private void Show()
    {
        if (Device == null || (controller.PortPowerControl && (_status & Power) == 0))
        {
            return;
        }

        // A USB 3 link comes up by itself; a USB 2 port is enabled by its reset.
        _status |= Connected | (isUsb3 ? Enabled | ((uint)Device.Speed << 10) : 0);
        if (isUsb3)
        {
            Device.Reset();
        }

        Change(ConnectChange);
    }

    private void Change(uint bits)
    {
        _status |= bits;
        controller.AddEvent((ulong)number << 24, 1u << 24, 34u << 10);
    }
}
