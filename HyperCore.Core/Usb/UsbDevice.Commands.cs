using System;

namespace HyperCore.Core.Usb;

/// <content>What the controller is told of the device: the commands with their input contexts (xHCI 1.2, 4.6.5 to 4.6.7).</content>
internal sealed partial class UsbDevice
{
    private void AddressDevice(ulong now)
    {
        if (!Controller.IsCommandFree)
        {
            return;
        }

        // What a full-speed device takes is not known yet; all take 8 (USB 2.0, 5.5.3).
        _maxPacketSize = Speed switch
        {
            UsbSpeed.Low or UsbSpeed.Full => 8,
            UsbSpeed.High => 64,
            _ => 512,
        };
        ContextWriter input = Controller.BeginInput();
        input.Add(3);
        input.Slot(this, 1);
        input.ControlEndpoint(_maxPacketSize, Control.DequeuePointer);
        Command(TrbType.AddressDevice, Step.WaitAddress, now);
    }

    private void UpdatePacketSize(ulong now)
    {
        if (!Controller.IsCommandFree)
        {
            return;
        }

        ContextWriter input = Controller.BeginInput();
        input.Add(1u << Control.ContextIndex);
        input.ControlEndpoint(_maxPacketSize, Control.DequeuePointer);
        Command(TrbType.EvaluateContext, Step.WaitPacketSize, now);
    }

    private void ConfigureEndpoints(ulong now)
    {
        if (!Controller.IsCommandFree)
        {
            return;
        }

        uint add = AddSlot;
        int last = 1;
        ContextWriter input = Controller.BeginInput();
        int count = Hub != null ? 1 : _configuration.Count;
        for (int i = 0; i < count; i++)
        {
            InterruptPipe pipe = OpenPipe(i);
            input.InterruptEndpoint(pipe);
            add |= 1u << pipe.ContextIndex;
            last = Math.Max(last, pipe.ContextIndex);
        }

        _lastContext = last;
        input.Add(add);
        input.Slot(this, last);
        Command(TrbType.ConfigureEndpoint, Step.WaitEndpoints, now);
    }

    private InterruptPipe OpenPipe(int index)
    {
        InterruptPipe pipe;
        if (Hub != null)
        {
            pipe = _hubPipe;
            pipe.Open(_configuration.HubEndpoint, Speed);
        }
        else
        {
            pipe = _functions[index].Pipe;
            pipe.Open(_configuration[index], Speed);
        }

        _pipes[pipe.ContextIndex] = pipe;
        return pipe;
    }

    // Tells the controller that this is a hub, with how many ports, and how slow its translator is (xHCI 1.2, 4.6.6 and 6.2.2).
    private void UpdateHubContext(ulong now)
    {
        if (!Controller.IsCommandFree)
        {
            return;
        }

        ContextWriter input = Controller.BeginInput();
        input.Add(AddSlot);
        input.Slot(this, _lastContext);
        Command(TrbType.ConfigureEndpoint, Step.Working, now);
    }

    private void Command(TrbType type, Step next, ulong now)
    {
        if (Controller.TryCommand(this, Controller.InputAddress, Trb.ControlOf(type, SlotId), now))
        {
            _step = next;
        }
    }
}
