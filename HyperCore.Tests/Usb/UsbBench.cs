using System;
using System.Collections.Generic;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Usb;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Usb;

/// <summary>A host with a fake controller, and everything it says.</summary>
internal sealed class UsbBench
{
    private const ulong Millisecond = 1_000_000;

    // "[    0.000000] info  "
    private const int LogPrefix = 21;

    public UsbBench(FakeXhci? controller = null, FakeDmaMemory? memory = null)
    {
        Memory = memory ?? new FakeDmaMemory();
        Controller = controller ?? new FakeXhci(Memory);
        Log = new Log(Clock, LogLevel.Debug);
        Log.AddSink(new Capture(this));
        Host = new UsbHost(Log) { Sink = new Recorder(this) };
        Added = Host.Add(Controller, Controller.Memory, Clock.Now, out string problem);
        Problem = problem;
    }

    public FakeClock Clock { get; } = new();

    public FakeDmaMemory Memory { get; }

    public FakeXhci Controller { get; }

    public Log Log { get; }

    public UsbHost Host { get; }

    public bool Added { get; }

    public string Problem { get; }

    /// <summary>The log's lines without time and level.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>What keyboards and mice did: <c>+1E</c>, <c>-1E</c>, <c>mouse 1 2 0 0</c>.</summary>
    public List<string> Input { get; } = [];

    /// <summary>Keys that are down, by source.</summary>
    public HashSet<(int Source, ushort Code)> Down { get; } = [];

    public byte Buttons { get; private set; }

    /// <summary>Lets time pass, as the main loop sees it: on to each deadline, and never for more than 5 ms.</summary>
    public UsbBench Run(int milliseconds = 1500)
    {
        ulong end = Clock.Now + ((ulong)milliseconds * Millisecond);
        int standing = 0;
        while (Clock.Now < end)
        {
            Host.Poll(Clock.Now);
            Controller.RunLater();
            ulong next = Math.Min(Host.NextDeadline, Clock.Now + (5 * Millisecond));
            standing = next <= Clock.Now ? standing + 1 : 0;
            Assert.True(standing < 100, "the host wants to be looked at again and again");
            Clock.Set(Math.Max(next, Clock.Now));
            if (next <= Clock.Now && standing > 10)
            {
                Clock.Advance(1000);
            }
        }

        return this;
    }

    /// <summary>Takes what was recorded.</summary>
    public string TakeInput()
    {
        string text = string.Join(' ', Input);
        Input.Clear();
        return text;
    }

    public UsbBench Plug(int port, FakeUsbDevice device, int milliseconds = 1500)
    {
        Controller.Ports[port - 1].Plug(device);
        return Run(milliseconds);
    }

    private sealed class Recorder(UsbBench bench) : HidSink
    {
        public override void Key(int source, ushort code, bool pressed)
        {
            bench.Input.Add($"{(pressed ? '+' : '-')}{code:X2}");
            Assert.InRange(source, 1, UsbHost.MaxSources);
            if (pressed)
            {
                bench.Down.Add((source, code));
            }
            else
            {
                bench.Down.Remove((source, code));
            }
        }

        public override void Mouse(int source, int dx, int dy, int dz, byte buttons)
        {
            bench.Buttons = buttons;
            bench.Input.Add($"mouse {dx} {dy} {dz} {buttons}");
        }
    }

    private sealed class Capture(UsbBench bench) : LogSink
    {
        public override void WriteLine(LogLevel level, ReadOnlySpan<char> line) => bench.Lines.Add(line[LogPrefix..].ToString());
    }
}
