using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class LocalApicPropertyTests
{
    [Fact]
    public void PendingVector_IsAlwaysTheHighestAboveThePriority()
    {
        Gen<(int Kind, byte Vector)> step = Gen.Select(Gen.Int[0, 4], Gen.Byte[16, 255]);
        step.Array[0, 100].Sample(steps =>
        {
            var bus = new ApicBus();
            var apic = new LocalApic(0, bus, new FakeClock(), new TimerSet(), TestApicPage.Create());
            apic.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
            var requested = new bool[256];
            var served = new bool[256];
            byte taskPriority = 0;
            foreach ((int kind, byte vector) in steps)
            {
                int pending = apic.PendingVector;
                switch (kind)
                {
                    case 0 or 1:
                        apic.WriteMmio(ApicRegister.InterruptCommandLow, 4, 0x4_0000u | vector);
                        requested[vector] = true;
                        break;
                    case 2 when pending >= 0:
                        apic.Acknowledge(pending);
                        requested[pending] = false;
                        served[pending] = true;
                        break;
                    case 3:
                        apic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
                        int ended = System.Array.LastIndexOf(served, true);
                        if (ended >= 0)
                        {
                            served[ended] = false;
                        }

                        break;
                    case 4:
                        taskPriority = vector;
                        apic.TaskPriority = vector;
                        break;
                }

                int floor = System.Math.Max(taskPriority >> 4, System.Array.LastIndexOf(served, true) >> 4);
                int highest = System.Array.LastIndexOf(requested, true);
                Assert.Equal(highest >> 4 > floor ? highest : -1, apic.PendingVector);
            }
        });
    }

    [Fact]
    public void RandomPokes_NeverThrow()
    {
        Gen<(int Kind, uint Where, int Size, ulong Value)> step = Gen.Select(Gen.Int[0, 7], Gen.UInt, Gen.Int[0, 3].Select(n => 1 << n), Gen.ULong);
        step.Array[0, 200].Sample(steps =>
        {
            var bus = new ApicBus();
            var clock = new FakeClock();
            var timers = new TimerSet();
            var apic = new LocalApic(0, bus, clock, timers, TestApicPage.Create());
            _ = new IoApic(bus);
            foreach ((int kind, uint where, int size, ulong value) in steps)
            {
                switch (kind)
                {
                    case 0:
                        apic.ReadMmio(where & 0xFFF, size);
                        break;
                    case 1:
                        apic.ReadMmio(value, size);
                        apic.WriteMmio(value, size, where);
                        break;
                    case 2 or 3:
                        apic.WriteMmio(where & 0xFF0, 4, value);
                        break;
                    case 4:
                        uint msr = (where & 7) switch { 0 => 0x1Bu, 1 => 0x6E0u, _ => 0x800 + (where >> 8 & 0x7F) };
                        apic.TryWriteMsr(msr, msr == 0x1B ? 0xFEE0_0000 | (value & 0xD00) : value >> (int)(where >> 24 & 63));
                        apic.TryReadMsr(msr, out _);
                        break;
                    case 5:
                        clock.Advance(where);
                        timers.FireDue(clock.Now);
                        break;
                    case 6:
                        apic.SetLint0((where & 1) != 0);
                        apic.SetLint1((where & 2) != 0);
                        bus.DeliverMsi(0xFEE0_0000 | (where & 0xFFFFF), (uint)value);
                        break;
                    default:
                        apic.Acknowledge(apic.PendingVector);
                        apic.TakeInit();
                        break;
                }
            }
        });
    }
}
