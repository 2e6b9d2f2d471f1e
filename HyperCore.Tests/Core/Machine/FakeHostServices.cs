using System;
using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Usb;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Core.Machine;

/// <summary>Hardware made of queues. Sleeping moves the clock to the timer that is set.</summary>
internal sealed unsafe class FakeHostServices : HostServices
{
    private readonly FakePcpu[] _pcpus;
    private readonly SerialCapture _serial = new();

    public FakeHostServices(int pcpus = 1)
    {
        UsbHost = new UsbHost(new Log(FakeClock));
        _pcpus = new FakePcpu[pcpus];
        for (int i = 0; i < pcpus; i++)
        {
            _pcpus[i] = new FakePcpu(i, FakeClock) { IsAlone = pcpus == 1 };
        }
    }

    public FakeClock FakeClock { get; } = new();

    /// <summary>USB without controllers: tests play them.</summary>
    public UsbHost UsbHost { get; }

    /// <summary>What the PS/2 keyboard was told to show.</summary>
    public List<int> Leds { get; } = [];

    public override UsbHost? Usb => UsbHost;

    public Queue<(byte Value, bool IsMouse)> Input { get; } = new();

    public Queue<byte> SerialInput { get; } = new();

    public string SerialOutput => _serial.Text.ToString();

    public ulong ArmedTimer => _pcpus[0].ArmedTimer;

    public int Sleeps => _pcpus[0].Sleeps;

    public int* Attention => _pcpus[0].Attention;

    public Action<PcpuServices>? Loop { get; private set; }

    public int PowerOffs { get; private set; }

    public int Resets { get; private set; }

    public override int PcpuCount => _pcpus.Length;

    public override PcpuServices Pcpu(int index) => _pcpus[index];

    public FakePcpu FakePcpu(int index) => _pcpus[index];

    public override void Kick(int pcpu)
    {
        *_pcpus[pcpu].Attention = 1;
        _pcpus[pcpu].Kicks++;
    }

    public override void StartPcpus(Action<PcpuServices> loop) => Loop = loop;

    public override ByteSink Serial => _serial;

    public override int MousePacketLength => 3;

    public override bool CanPowerOff => true;

    public override void SetLeds(byte leds) => Leds.Add(leds);

    public override bool TryReadInput(out byte value, out bool isMouse)
    {
        bool any = Input.TryDequeue(out (byte Value, bool IsMouse) next);
        (value, isMouse) = next;
        return any;
    }

    public override bool TryReadSerial(out byte value) => SerialInput.TryDequeue(out value);

    public override void PowerOff() => PowerOffs++;

    public override void Reset() => Resets++;

    private sealed class SerialCapture : ByteSink
    {
        public StringBuilder Text { get; } = new();

        public override void Write(ReadOnlySpan<byte> bytes) => Text.Append(Encoding.UTF8.GetString(bytes));
    }
}
