using System;
using System.Collections.Generic;
using HyperCore.Core.Network;

namespace HyperCore.Tests.Network;

/// <summary>A switch with memory of the test's own, and frames to send over it.</summary>
internal sealed unsafe class SwitchBench
{
    private readonly List<byte[]> _memory = [];

    public SwitchBench(int vms, bool hasUplink = true)
    {
        if (hasUplink)
        {
            SwitchPort uplink = Switch.AddUplink(Card, Take());
            uplink.Queue.SetOpen(uplink.Index, true);
        }

        for (int i = 0; i < vms; i++)
        {
            SwitchPort port = Switch.Add($"vm{i}", Take());
            port.Queue.SetOpen(port.Index, true);
        }
    }

    public static MacAddress Card { get; } = new(0x5254_0012_3456);

    public static MacAddress Outside { get; } = new(0x0011_2233_4455);

    public VirtualSwitch Switch { get; } = new();

    public SwitchPort Uplink => Switch.Uplink!;

    public static byte[] Frame(MacAddress destination, MacAddress source, int length = 60, byte fill = 0)
    {
        byte[] frame = new byte[length];
        frame.AsSpan().Fill(fill);
        destination.CopyTo(frame);
        source.CopyTo(frame.AsSpan(6));
        frame[12] = 8;
        frame[13] = 0;
        return frame;
    }

    public void Send(int from, MacAddress destination, int length = 60, byte fill = 0) =>
        Switch.Send(Switch[from], Frame(destination, Switch[from].Address, length, fill));

    /// <summary>Takes all frames that wait at a port.</summary>
    public static List<byte[]> Take(SwitchPort port)
    {
        var frames = new List<byte[]>();
        while (port.Queue.Peek() is { IsEmpty: false } frame)
        {
            frames.Add(frame.ToArray());
            port.FinishReceive();
        }

        return frames;
    }

    public byte* Take()
    {
        byte[] bytes = GC.AllocateArray<byte>(SwitchPort.MemorySize, pinned: true);
        _memory.Add(bytes);
        fixed (byte* memory = bytes)
        {
            return memory;
        }
    }
}
