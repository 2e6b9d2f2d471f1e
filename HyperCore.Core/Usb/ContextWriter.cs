using System;

namespace HyperCore.Core.Usb;

/// <summary>Fills in the input context of a command (xHCI 1.2, 6.2.2 to 6.2.5). Its contexts have 32 or 64 bytes each.</summary>
internal readonly unsafe struct ContextWriter
{
    /// <summary>Contexts of an input context: the control context, the slot's and 31 endpoints'.</summary>
    public const int InputContexts = 33;

    /// <summary>Contexts of a device context.</summary>
    public const int DeviceContexts = 32;

    private const uint EndpointControl = 4;
    private const uint EndpointInterruptIn = 7;
    private const uint ErrorCount = 3;

    private readonly DmaBlock _memory;
    private readonly int _size;

    /// <summary>Begins an empty input context.</summary>
    /// <param name="memory">Where.</param>
    /// <param name="contextSize">32, or 64 with CSZ.</param>
    public ContextWriter(DmaBlock memory, int contextSize)
    {
        _memory = memory;
        _size = contextSize;
        memory.Bytes.Clear();
    }

    /// <summary>Says which contexts the command is about: bit 0 the slot, bit n the endpoint with context index n.</summary>
    public void Add(uint flags) => Context(0)[1] = flags;

    /// <summary>The slot context.</summary>
    /// <param name="device">The device.</param>
    /// <param name="entries">Index of the last endpoint context that is in use.</param>
    public void Slot(UsbDevice device, int entries)
    {
        uint* slot = Context(1);
        UsbHub? hub = device.Hub is { IsKnown: true } known ? known : null;
        slot[0] = device.Route | ((uint)device.SpeedId << 20) | (hub != null ? 1u << 26 : 0) | ((uint)entries << 27);
        slot[1] = ((uint)device.RootPort << 16) | (hub != null ? (uint)hub.PortCount << 24 : 0);

        // Only high-speed hubs have a transaction translator; it is used as a single one (bit 25 of the first word stays 0).
        uint thinkTime = hub != null && device.Speed == UsbSpeed.High ? (uint)hub.ThinkTime : 0;
        slot[2] = (uint)device.TranslatorSlot | ((uint)device.TranslatorPort << 8) | (thinkTime << 16);
    }

    /// <summary>The context of the control endpoint.</summary>
    public void ControlEndpoint(int maxPacketSize, ulong dequeuePointer)
    {
        const uint AverageLength = 8;
        Endpoint(1, EndpointControl, 0, maxPacketSize, dequeuePointer, AverageLength);
    }

    /// <summary>The context of an interrupt IN endpoint.</summary>
    public void InterruptEndpoint(InterruptPipe pipe)
    {
        uint size = (uint)pipe.MaxPacketSize;
        Endpoint(pipe.ContextIndex, EndpointInterruptIn, (uint)pipe.IntervalExponent << 16, pipe.MaxPacketSize, pipe.DequeuePointer, size | (size << 16));
    }

    private void Endpoint(int index, uint type, uint first, int maxPacketSize, ulong dequeuePointer, uint lengths)
    {
        uint* endpoint = Context(index + 1);
        endpoint[0] = first;
        endpoint[1] = (ErrorCount << 1) | (type << 3) | ((uint)maxPacketSize << 16);
        endpoint[2] = (uint)dequeuePointer;
        endpoint[3] = (uint)(dequeuePointer >> 32);
        endpoint[4] = lengths;
    }

    private uint* Context(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((index + 1) * _size, _memory.Length, nameof(index));
        return (uint*)(_memory.Pointer + (index * _size));
    }
}
