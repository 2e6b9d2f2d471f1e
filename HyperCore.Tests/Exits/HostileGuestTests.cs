using System;
using CsCheck;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Machine;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Exits;

/// <summary>Whatever a guest does, it is resumed, yields, halts, or ends with a reason: HyperCore itself never fails.</summary>
public sealed unsafe class HostileGuestTests
{
    private static readonly ushort[] s_ports =
        [0x20, 0x21, 0x40, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x92, 0xA0, 0xA1, 0x3F8, 0x3F9, 0x3FA, 0x3FB, 0x3FC, 0x4D0, 0x600, 0x604, 0x608, 0xCF8, 0xCF9, 0xCFC, 0xCFF, 0xFFFF];

    private static readonly ulong[] s_addresses =
        [0xFEE0_0000, 0xFEE0_0FFC, 0xFEC0_0000, 0xFEC0_0010, 0xE000_0000, 0xE00F_FFFC, 0xD000_0000, 0xFEE0_0FFE, 0xFEE0_1000, 0x10_0000, 0xFFFF_FFFF_F000, ulong.MaxValue];

    private static readonly uint[] s_msrs =
        [0x10, 0x1B, 0x49, 0x6E0, 0x800, 0x802, 0x808, 0x80B, 0x80F, 0x830, 0x832, 0x838, 0x83E, 0x83F, 0x8FF, 0x200, 0x20F, 0x250, 0x277, 0x2FF, 0xC000_0080, 0xC000_0103, 0xC001_0015];

    // Instructions that reach device memory, string I/O, prefixed CPUID and plain rubbish.
    private static readonly string[] s_code =
        ["8B00", "8900", "C70078563412", "F3A5", "F3AA", "F36C", "F36E", "F3676D", "0FA2", "2E660FA2", "87D8", "F00FB118", "0FC118", "FF30", "8F00", "FF10", "0F6F00", "0F0B", "A5", "AE", "F2A6", "C9", "0FAB00", "480FBA2803", "F4"];

    [Fact]
    public void Handle_RandomExits_AlwaysHaveAnOutcome()
    {
        Gen.Int.Sample(RunGuest, iter: 300);
    }

    private static void RunGuest(int seed)
    {
        var random = new Random(seed);
        var guest = new Guest();
        for (int i = 0; i < 300; i++)
        {
            guest.Scramble(random);
            VmExit exit = RandomExit(random);
            ExitOutcome outcome = guest.Handler.Handle(ref exit);

            Assert.True(Enum.IsDefined(outcome));
            if (outcome == ExitOutcome.Stop)
            {
                Assert.NotEqual(StopKind.None, guest.Stop.Kind);
                Assert.NotEqual(0, guest.Stop.Text.Length);
                guest.Restart();
            }

            guest.Clock.Advance((ulong)random.Next(10_000_000));
            guest.Platform.Timers.FireDue(guest.Clock.Now);
            guest.Cpu.DeliverEvents();
        }
    }

    private static VmExit RandomExit(Random random)
    {
        var reason = (ExitReason)random.Next((int)ExitReason.InvalidGuestState + 2);
        reason = random.Next(3) switch
        {
            0 => ExitReason.PortIo,
            1 when random.Next(2) == 0 => ExitReason.MemoryFault,
            1 => ExitReason.Msr,
            _ => reason,
        };
        return new VmExit
        {
            Reason = reason,
            NextRip = random.Next(2) == 0 ? 0 : (ulong)random.NextInt64(),
            Qualification = (ulong)random.NextInt64(),
            GuestPhysical = s_addresses[random.Next(s_addresses.Length)] + (ulong)(random.Next(3) == 0 ? random.Next(0x1000) : 0),
            Port = random.Next(8) == 0 ? (ushort)random.Next(0x1_0000) : s_ports[random.Next(s_ports.Length)],
            Size = (byte)(1 << random.Next(3)),
            Vector = (byte)random.Next(32),
            ErrorCode = (uint)random.Next(),
            IsWrite = random.Next(2) == 0,
            IsFetch = random.Next(50) == 0,
            IsString = random.Next(10) == 0,
            IsRepeated = random.Next(10) == 0,
            IsPageWalk = random.Next(50) == 0,
        };
    }

    private sealed class Guest
    {
        public Guest()
        {
            var power = new GuestPower(Stop);
            var host = FakeHostProcessor.Epyc();
            var guestClock = new GuestClock(Clock);
            Power = power;
            Platform = new VirtualPlatform(guestClock, new NoOutput(), power, TestApicPage.Create());
            var cpuid = new CpuidPolicy(host, 0, 1);
            var platform = new PlatformAccess(new SpinLock(), Platform.LocalApicPage);
            Msrs = new MsrPolicy(Cpu, Platform.LocalApic, Platform.Clocks[0], new MtrrState(), host, cpuid, platform);
            var emulator = new Emulator(Ram.Memory, Platform.Devices, 48);
            Handler = new ExitHandler(Cpu, Platform.Devices, emulator, cpuid, Msrs, power, Stop, platform);
            Restart();
        }

        public FakeClock Clock { get; } = new();

        public FakeVirtualProcessor Cpu { get; } = new();

        public FakeGuestMemory Ram { get; } = new();

        public StopReason Stop { get; } = new();

        public GuestPower Power { get; }

        public VirtualPlatform Platform { get; }

        public MsrPolicy Msrs { get; }

        public ExitHandler Handler { get; }

        public void Restart()
        {
            Platform.Reset();
            Msrs.Reset();
            Cpu.Reset();
            Stop.Clear();
            Power.Clear();
        }

        public void Scramble(Random random)
        {
            switch (random.Next(12))
            {
                case 0:
                    Cpu.EnterRealMode((ushort)random.Next(0x1_0000));
                    break;
                case 1:
                    Cpu.EnterProtectedMode();
                    break;
                case 2:
                    // Page tables out of whatever lies in memory.
                    Cpu.EnterLongMode((ulong)random.Next(0x20_0000), paging: true);
                    break;
                case 3:
                    Cpu.SetSegment((SegmentRegister)random.Next(6), new Segment((ushort)random.Next(), (ushort)random.Next(0x1000), (uint)random.Next(), (ulong)random.NextInt64()));
                    break;
                case 4:
                    Cpu.CplValue = random.Next(4);
                    Cpu.Cr4 = (ulong)random.NextInt64() & 0x3F_FFFF;
                    Cpu.Rflags = ((ulong)random.NextInt64() & 0x3F_7FD7) | 2;
                    break;
                case 5 or 6 or 7:
                    Cpu.EnterLongMode();
                    Cpu.CplValue = 0;
                    break;
            }

            Cpu.Rip = random.Next(6) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(0x1_0000);
            for (int i = 0; i < 16; i++)
            {
                Cpu.Registers->General[i] = random.Next(4) switch
                {
                    0 => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
                    1 => s_addresses[random.Next(s_addresses.Length)],
                    2 => s_ports[random.Next(s_ports.Length)],
                    _ => (ulong)random.Next(0x10_0000),
                };
            }

            if (random.Next(3) != 0)
            {
                Cpu.Registers->Rcx = s_msrs[random.Next(s_msrs.Length)];
            }

            byte[] code = random.Next(4) == 0 ? new byte[16] : Convert.FromHexString(s_code[random.Next(s_code.Length)]);
            if (code.Length == 16)
            {
                random.NextBytes(code);
            }

            Ram.Write((Cpu.GetSegmentBase(SegmentRegister.Cs) + Cpu.Rip) & 0xF_FFFF, code);
            if (random.Next(8) == 0)
            {
                byte[] rubbish = new byte[256];
                random.NextBytes(rubbish);
                Ram.Write((ulong)random.Next(0xF_0000), rubbish);
            }
        }
    }

    private sealed class NoOutput : HyperCore.Core.Devices.SerialOutput
    {
        public override void Write(byte value)
        {
        }
    }
}
