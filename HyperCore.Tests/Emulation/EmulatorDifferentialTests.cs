using System;
using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Tests.Fakes;
using Iced.Intel;
using Xunit;

namespace HyperCore.Tests.Emulation;

/// <summary>The emulator against the processor that runs the tests: same bytes, registers, flags and memory; same outcome wanted.</summary>
public sealed unsafe class EmulatorDifferentialTests
{
    private const ulong ComparedFlags = 0xCD5;
    private const ulong CodeAddress = 0x1000;
    private const int Count = 1;
    private const int Source = 6;
    private const int Destination = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Emulate_RandomInstructions_AsTheProcessorDoes(int seed)
    {
        if (!NativeProcessor.IsSupported)
        {
            return;
        }

        using var native = new NativeProcessor();
        var generator = new InstructionGenerator(seed, native.BlockAddress);
        var random = new Random(seed);
        var machine = new Machine(native.BlockAddress);
        var failures = new List<string>();
        for (int i = 0; i < 6_000 && failures.Count < 20; i++)
        {
            byte[] bytes = generator.Next();
            random.NextBytes(native.Block);
            machine.Load(native.Block, bytes, generator.Values, generator.Flags);
            ulong[] registers = [.. generator.Values];
            ulong flags = generator.Flags;
            string what = Describe(bytes, generator.Values, flags);
            native.Run(bytes, registers, ref flags);
            UndoClearing(bytes, generator.Values, registers);
            EmulationResult result = i % 2 == 0 ? machine.Emulator.Emulate(machine.Cpu) : machine.EmulateMmio();
            string? difference = result != EmulationResult.Done ? result.ToString() : machine.Compare(native.Block, registers, flags, bytes.Length);
            if (difference != null)
            {
                failures.Add($"{what}: {difference}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Generator_CoversEveryFamily()
    {
        var seen = InstructionGenerator.Codes.Select(code => code.Mnemonic()).ToHashSet();

        Assert.True(InstructionGenerator.Codes.Length > 200, $"{InstructionGenerator.Codes.Length} forms");
        Assert.Contains(Mnemonic.Cmpxchg, seen);
        Assert.Contains(Mnemonic.Movbe, seen);
        Assert.Contains(Mnemonic.Pop, seen);
    }

    // With 32-bit addresses and a count of 0, Intel's processors clear the upper halves of the count and the pointers of REP MOVS and REP STOS, which
    // AMD's leave alone. A guest's instruction that accesses nothing causes no exit and is never emulated.
    private static void UndoClearing(byte[] bytes, ulong[] before, ulong[] after)
    {
        Instruction instruction = Iced.Intel.Decoder.Create(64, bytes).Decode();
        bool isRepeated = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        bool isMoveOrStore = instruction.Mnemonic is Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq
            or Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq;
        if (!isRepeated || !isMoveOrStore || instruction.Op0Kind is not OpKind.MemoryESEDI || (uint)before[Count] != 0)
        {
            return;
        }

        foreach (int register in (ReadOnlySpan<int>)[Count, Source, Destination])
        {
            if (after[register] == (uint)before[register])
            {
                after[register] = before[register];
            }
        }
    }

    private static string Describe(byte[] bytes, ulong[] values, ulong flags)
    {
        var decoder = Iced.Intel.Decoder.Create(64, bytes);
        return $"{Convert.ToHexString(bytes)} {decoder.Decode()} flags={flags:X} [{string.Join(' ', values.Select(v => v.ToString("X")))}]";
    }

    /// <summary>A guest whose block is RAM, device, RAM: a page each.</summary>
    private sealed class Machine
    {
        private readonly ulong _block;
        private readonly FakeGuestMemory _ram = new(0x1_0000);
        private readonly MemoryDevice _device = new(0x1000);

        public Machine(ulong block)
        {
            _block = block;
            _ram.Add(block, 0x1000);
            _ram.Add(block + 0x2000, 0x1000);
            var devices = new DeviceMap();
            devices.AddMemory(block + 0x1000, 0x1000, _device);
            Emulator = new Emulator(_ram.Memory, devices);
        }

        public Emulator Emulator { get; }

        public FakeVirtualProcessor Cpu { get; private set; } = new();

        public void Load(ReadOnlySpan<byte> block, byte[] code, ulong[] registers, ulong flags)
        {
            _ram.Memory.TryWrite(_block, block.Slice(0, 0x1000));
            block.Slice(0x1000, 0x1000).CopyTo(_device.Bytes);
            _ram.Memory.TryWrite(_block + 0x2000, block.Slice(0x2000));
            _ram.Write(CodeAddress, code);
            Cpu = new FakeVirtualProcessor();
            Cpu.EnterLongMode();
            Cpu.Rip = CodeAddress;
            Cpu.Rflags = flags;
            registers.CopyTo(new Span<ulong>(Cpu.Registers->General, 16));
        }

        /// <summary>By the entry of memory faults, if the instruction touches the device at its start.</summary>
        public EmulationResult EmulateMmio()
        {
            Emulator.Decode(Cpu);
            ulong linear = Emulator.Instruction.GetVirtualAddress(
                Emulator.Instruction.Op0Kind is OpKind.Memory ? 0 : 1,
                0,
                (register, _, _) => register < Register.EAX || register > Register.R15 ? 0 : Value(register));
            var exit = new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = linear };
            return Emulator.EmulateMmio(Cpu, exit);
        }

        public string? Compare(ReadOnlySpan<byte> block, ulong[] registers, ulong flags, int length)
        {
            for (int i = 0; i < 16; i++)
            {
                if (Cpu.Registers->General[i] != registers[i])
                {
                    return $"register {i} is {Cpu.Registers->General[i]:X}, processor has {registers[i]:X}";
                }
            }

            if (((Cpu.Rflags ^ flags) & ComparedFlags) != 0)
            {
                return $"flags are {Cpu.Rflags & ComparedFlags:X}, processor has {flags & ComparedFlags:X}";
            }

            if (Cpu.Rip != CodeAddress + (ulong)length)
            {
                return $"RIP is {Cpu.Rip:X}";
            }

            byte[] mine = [.. _ram.Read(_block, 0x1000), .. _device.Bytes, .. _ram.Read(_block + 0x2000, 0x1000)];
            int different = block.CommonPrefixLength(mine);
            return different == block.Length ? null : $"memory differs at {different:X}: {mine[different]:X2}, processor has {block[different]:X2}";
        }

        private ulong Value(Register register) => register >= Register.RAX
            ? Cpu.Registers->General[register - Register.RAX]
            : (uint)Cpu.Registers->General[register - Register.EAX];
    }
}
