using System;
using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Console;
using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;

namespace HyperCore.Tests.Core.Machine;

/// <summary>Hardware made of queues. Sleeping moves the clock to the timer that is set.</summary>
internal sealed unsafe class FakeHostServices : HostServices
{
    private readonly int[] _attention = GC.AllocateArray<int>(1, pinned: true);
    private readonly SerialCapture _serial = new();

    public FakeClock FakeClock { get; } = new();

    public Queue<(byte Value, bool IsMouse)> Input { get; } = new();

    public Queue<byte> SerialInput { get; } = new();

    public string SerialOutput => _serial.Text.ToString();

    public ulong ArmedTimer { get; private set; } = VirtualTimer.Never;

    public int Sleeps { get; private set; }

    public int PowerOffs { get; private set; }

    public int Resets { get; private set; }

    public override Clock Clock => FakeClock;

    public override int* Attention
    {
        get
        {
            fixed (int* attention = _attention)
            {
                return attention; // The array is pinned for good.
            }
        }
    }

    public override ByteSink Serial => _serial;

    public override int MousePacketLength => 3;

    public override bool CanPowerOff => true;

    public override void ArmTimer(ulong deadline) => ArmedTimer = deadline;

    public override void TakeInterrupts()
    {
    }

    public override void WaitForInterrupt()
    {
        Sleeps++;
        if (ArmedTimer != VirtualTimer.Never)
        {
            FakeClock.Set(Math.Max(FakeClock.Now, ArmedTimer));
            _attention[0] = 1;
        }
    }

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
