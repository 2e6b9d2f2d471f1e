namespace HyperCore.Core.Usb;

/// <content>A device that works: its pipes and its hub are served, and requests take turns on the control pipe.</content>
internal sealed partial class UsbDevice
{
    private ControlUser _user;
    private int _userIndex;

    private enum ControlUser : byte
    {
        None,
        Enumeration,
        ClearHalt,
        Leds,
        Hub,
    }

    private void AdvanceWork(ulong now)
    {
        for (int i = 0; i < _pipes.Length; i++)
        {
            if (_pipes[i] is { } pipe)
            {
                pipe.Advance(now);
                if (pipe.IsBroken)
                {
                    Fail("does not answer any more");
                    return;
                }
            }
        }

        if (Hub is { } hub)
        {
            if (hub.HasFailed)
            {
                Fail("hub does not work");
                return;
            }

            if (hub.WantsContext && !CommandPending)
            {
                UpdateHubContext(now);
            }

            hub.AdvancePorts(now);
        }

        if (Control.IsIdle && !CommandPending)
        {
            StartRequest(now);
        }
    }

    private void StartRequest(ulong now)
    {
        for (int i = 0; i < _pipes.Length; i++)
        {
            if (_pipes[i] is { IsHalted: true } pipe)
            {
                Begin(ControlUser.ClearHalt, i);
                Control.Start(UsbRequest.EndpointOut, UsbRequest.ClearFeature, UsbRequest.EndpointHalt, pipe.Address, 0, now);
                return;
            }
        }

        int leds = Controller.Host.Leds;
        for (int i = 0; i < _configuration.Count && Hub == null; i++)
        {
            HidFunction function = _functions[i];
            if (function.IsKeyboard && function.Leds != leds)
            {
                function.Leds = leds;
                Begin(ControlUser.Leds, i);
                Control.Data[0] = HidLeds(leds);
                Control.Start(UsbRequest.ClassInterfaceOut, UsbRequest.HidSetReport, UsbRequest.OutputReport, function.InterfaceNumber, 1, now);
                return;
            }
        }

        if (Hub != null && Hub.TryStartRequest(Control, now))
        {
            Begin(ControlUser.Hub, 0);
        }
    }

    // PS/2 has Scroll Lock, Num Lock, Caps Lock from bit 0 on; HID has Num Lock, Caps Lock, Scroll Lock (HID 1.11, appendix B.1).
    private static byte HidLeds(int leds) => (byte)(((leds >> 1) & 3) | ((leds & 1) << 2));

    private void Begin(ControlUser user, int index)
    {
        _user = user;
        _userIndex = index;
    }

    private void ControlEnded(ulong now)
    {
        ControlUser user = _user;
        if (user == ControlUser.Hub && Hub != null)
        {
            // It may begin the next request at once.
            Hub.RequestEnded(Control, now);
            return;
        }

        _user = ControlUser.None;
        TransferResult result = Control.TakeResult();
        switch (user)
        {
            case ControlUser.Enumeration:
                RequestEnded(result);
                break;
            case ControlUser.ClearHalt when result is TransferResult.Success or TransferResult.Stall:
                _pipes[_userIndex]?.HaltCleared();
                break;
            case ControlUser.ClearHalt:
                Fail("does not answer any more");
                break;
            default:
                // A keyboard without lights is a keyboard.
                if (result == TransferResult.Broken)
                {
                    Fail("does not answer any more");
                }

                break;
        }
    }
}
