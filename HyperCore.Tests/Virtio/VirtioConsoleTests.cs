using System;
using System.Text;
using HyperCore.Core.Devices;
using HyperCore.Core.Virtio;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The console device: virtio 1.2, 5.3.</summary>
public sealed class VirtioConsoleTests
{
    private const ulong All = ulong.MaxValue;

    private readonly Output _output = new();
    private readonly VirtioMachine _machine;

    public VirtioConsoleTests() =>
        _machine = new VirtioMachine(machine => new VirtioConsole(machine.Memory.Memory, machine.Clock, machine.Timers, _output));

    private VirtioConsole Console => (VirtioConsole)_machine.Device;

    [Fact]
    public void Function_IsAConsoleWithTwoQueuesAndNoConfiguration()
    {
        Assert.Equal(0x1043u, _machine.ReadConfig(2, 2));
        Assert.Equal(2u, _machine.Common(18, 2));
        Assert.False(_machine.HasDeviceConfig);
        Assert.Equal(0ul, _machine.OfferedFeatures() & 0xFF_FFFF);
    }

    [Fact]
    public void Transmitted_GoesToTheOutputInOrder()
    {
        _machine.Start(All);
        Transmit(1, "Hello, ");
        Transmit(2, "world\n");
        Assert.Equal("Hello, world\n", _output.Text.ToString());
        Assert.Equal(VirtioMachine.FirstVector + 2, _machine.TakeInterrupt());
        Assert.True(_machine.Rings[1].TryCollect(out Returned returned));
        Assert.Equal(new Returned(1, 0), returned);
    }

    [Fact]
    public void Output_ThatIsFull_MakesTheGuestWait()
    {
        _machine.Start(All);
        _output.Limit = 4;
        Transmit(1, "123456789");
        Assert.Equal("1234", _output.Text.ToString());
        Assert.False(_machine.Rings[1].TryCollect(out _));
        Assert.Equal(50, _machine.RunTimers(50));
        Assert.Equal("1234", _output.Text.ToString());
        _output.Limit = 100;
        _machine.RunTimers(2);
        Assert.Equal("123456789", _output.Text.ToString());
        Assert.True(_machine.Rings[1].TryCollect(out _));
        Assert.Equal(0, _machine.RunTimers(10));
    }

    [Fact]
    public void HugeTransmission_IsDoneOverSeveralTurns()
    {
        _machine.Start(All);
        _machine.Offer(1, 1, new Piece(VirtioMachine.BufferArea, 0x10_0000, false));
        int first = _output.Text.Length;
        Assert.InRange(first, 1, VirtioDevice.Budget);
        _machine.RunTimers();
        Assert.Equal(0x10_0000, _output.Text.Length);
        Assert.True(_machine.Rings[1].TryCollect(out _));
    }

    [Fact]
    public void Received_ComesInTheBuffersThatThereAre()
    {
        Assert.Equal(0, Console.Receive("x"u8));
        _machine.Start(All);
        Assert.True(Console.IsListening);
        Assert.Equal(0, Console.Receive("abc"u8));
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 2, true));
        _machine.Offer(0, 2, new Piece(VirtioMachine.BufferArea + 16, 8, true));
        Assert.Equal(5, Console.Receive("abcde"u8));
        Assert.Equal(VirtioMachine.FirstVector + 1, _machine.TakeInterrupt());
        Assert.True(_machine.Rings[0].TryCollect(out Returned first));
        Assert.True(_machine.Rings[0].TryCollect(out Returned second));
        Assert.Equal(new Returned(1, 2), first);
        Assert.Equal(new Returned(2, 3), second);
        Assert.Equal("ab"u8.ToArray(), _machine.Memory.Read(VirtioMachine.BufferArea, 2));
        Assert.Equal("cde"u8.ToArray(), _machine.Memory.Read(VirtioMachine.BufferArea + 16, 3));
        Assert.Equal(0, Console.Receive("f"u8));
    }

    [Fact]
    public void ReceiveQueue_NeedsNoNotifications()
    {
        _machine.Start(All & ~(1ul << 29));
        Assert.False(_machine.Rings[0].Offer(1, [new Piece(VirtioMachine.BufferArea, 2, true)]));
        Assert.Equal(1, Console.Receive("a"u8));
    }

    [Fact]
    public void Reset_ForgetsAHalfSentBuffer()
    {
        _machine.Start(All);
        _output.Limit = 1;
        Transmit(1, "abc");
        _machine.Start(All);
        _output.Limit = 100;
        Transmit(2, "xyz");
        Assert.Equal("axyz", _output.Text.ToString());
    }

    private void Transmit(int token, string text)
    {
        ulong address = VirtioMachine.BufferArea + ((ulong)token * 0x1000);
        _machine.Memory.Write(address, Encoding.ASCII.GetBytes(text));
        _machine.Offer(1, token, new Piece(address, 1, false), new Piece(address + 1, (uint)text.Length - 1, false));
    }

    private sealed class Output : SerialOutput
    {
        public StringBuilder Text { get; } = new();

        public int Limit { get; set; } = int.MaxValue;

        public override int Room => Math.Max(0, Limit - Text.Length);

        public override void Write(byte value) => Text.Append((char)value);
    }
}
