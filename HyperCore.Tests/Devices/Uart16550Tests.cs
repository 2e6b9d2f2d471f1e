using System.Collections.Generic;
using System.Text;
using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class Uart16550Tests
{
    private const ushort Data = 0x3F8;
    private const ushort InterruptEnable = 0x3F9;
    private const ushort InterruptIdentification = 0x3FA;
    private const ushort FifoControl = 0x3FA;
    private const ushort LineControl = 0x3FB;
    private const ushort ModemControl = 0x3FC;
    private const ushort LineStatus = 0x3FD;
    private const ushort ModemStatus = 0x3FE;
    private const ushort Scratch = 0x3FF;

    private readonly FakeLine _irq = new();
    private readonly Sink _sink = new();
    private readonly Uart16550 _uart;

    public Uart16550Tests() => _uart = new Uart16550(_irq, _sink);

    [Fact]
    public void Uart16550_Transmit_ReachesTheSinkAndStaysEmpty()
    {
        foreach (byte b in "hello"u8)
        {
            Assert.Equal(0x60, Read(LineStatus));
            Write(Data, b);
        }

        Assert.Equal("hello", Encoding.ASCII.GetString([.. _sink.Bytes]));
    }

    // What Linux's 8250 driver looks at to tell the chips apart (autoconfig, autoconfig_16550a).
    [Fact]
    public void Uart16550_LinuxProbe_FindsA16550A()
    {
        Write(InterruptEnable, 0x00);
        Write(InterruptEnable, 0xFF);
        Assert.Equal(0x0F, Read(InterruptEnable));
        Write(InterruptEnable, 0x00);
        Write(ModemControl, 0x1A);
        Assert.Equal(0x90, Read(ModemStatus) & 0xF0);
        Write(ModemControl, 0x00);

        Write(LineControl, 0xBF);
        Write(FifoControl, 0x00);
        Write(LineControl, 0x00);
        Write(FifoControl, 0x01);
        Assert.Equal(0xC0, Read(InterruptIdentification) & 0xC0);
        Write(FifoControl, 0x21);
        Assert.Equal(0xC0, Read(InterruptIdentification) & 0xE0);
        Write(LineControl, 0x80);
        Assert.NotEqual(0, Read(InterruptIdentification));
        Write(LineControl, 0x00);
        Write(Scratch, 0x5A);
        Assert.Equal(0x5A, Read(Scratch));
    }

    // serial8250_do_startup: the THRE interrupt must come at each enable, or the driver falls back to a timer.
    [Fact]
    public void Uart16550_EnableTransmitterInterrupt_RaisesAtEachEnable()
    {
        Write(ModemControl, 0x0B);
        for (int i = 0; i < 3; i++)
        {
            Write(InterruptEnable, 0x02);
            Assert.True(_irq.Level);
            Assert.Equal(0x02, Read(InterruptIdentification));
            Assert.False(_irq.Level);
            Assert.Equal(0x01, Read(InterruptIdentification));
            Write(InterruptEnable, 0x00);
        }

        Assert.Equal(3, _irq.RisingEdges);
    }

    [Fact]
    public void Uart16550_TransmitAfterInterrupt_RaisesTheNext()
    {
        Write(ModemControl, 0x08);
        Write(InterruptEnable, 0x02);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(_irq.Level);
            Assert.Equal(0x02, Read(InterruptIdentification));
            Write(Data, (byte)i);
        }

        Assert.Equal(11, _irq.RisingEdges);
    }

    [Fact]
    public void Uart16550_Receive_InterruptsUntilRead()
    {
        Write(ModemControl, 0x08);
        Write(InterruptEnable, 0x01);
        Assert.True(_uart.TryReceive(0x41));
        Assert.True(_irq.Level);
        Assert.Equal(0x04, Read(InterruptIdentification));
        Assert.Equal(0x61, Read(LineStatus));
        Assert.Equal(0x41, Read(Data));
        Assert.False(_irq.Level);
        Assert.Equal(0x60, Read(LineStatus));
    }

    [Fact]
    public void Uart16550_BelowTriggerLevel_TimesOut()
    {
        Write(FifoControl, 0x81);
        Write(InterruptEnable, 0x01);
        for (int i = 0; i < 7; i++)
        {
            _uart.TryReceive((byte)i);
            Assert.Equal(0xCC, Read(InterruptIdentification));
        }

        _uart.TryReceive(7);
        Assert.Equal(0xC4, Read(InterruptIdentification));
    }

    [Fact]
    public void Uart16550_FullFifo_RefusesMore()
    {
        Write(FifoControl, 0x01);
        for (int i = 0; i < Uart16550.FifoSize; i++)
        {
            Assert.Equal(Uart16550.FifoSize - i, _uart.ReceiveSpace);
            Assert.True(_uart.TryReceive((byte)i));
        }

        Assert.False(_uart.TryReceive(0xFF));
        for (int i = 0; i < Uart16550.FifoSize; i++)
        {
            Assert.Equal(i, Read(Data));
        }
    }

    [Fact]
    public void Uart16550_Loopback_SendsToItself()
    {
        Write(ModemControl, 0x10);
        Write(Data, 0x33);
        Assert.Empty(_sink.Bytes);
        Assert.Equal(0x33, Read(Data));
        Assert.False(_uart.TryReceive(1));
    }

    [Fact]
    public void Uart16550_LoopbackOverrun_IsALineStatusInterrupt()
    {
        Write(InterruptEnable, 0x04);
        Write(ModemControl, 0x10);
        Write(Data, 1);
        Write(Data, 2);
        Assert.Equal(0x06, Read(InterruptIdentification));
        Assert.Equal(0x63, Read(LineStatus));
        Assert.Equal(0x01, Read(InterruptIdentification));
        Assert.Equal(2, Read(Data));
    }

    [Fact]
    public void Uart16550_LoopbackModemChange_IsAModemStatusInterrupt()
    {
        Write(ModemControl, 0x10);
        Read(ModemStatus);
        Write(InterruptEnable, 0x08);
        Write(ModemControl, 0x12);
        Assert.Equal(0x00, Read(InterruptIdentification));
        Assert.Equal(0x11, Read(ModemStatus));
        Assert.Equal(0x01, Read(InterruptIdentification));
    }

    [Fact]
    public void Uart16550_Divisor_IsBehindItsLatch()
    {
        Write(LineControl, 0x83);
        Write(Data, 0x01);
        Write(InterruptEnable, 0x02);
        Assert.Equal(0x0201u, _uart.ReadPort(Data, 2));
        Write(LineControl, 0x03);
        Assert.Equal(0, Read(InterruptEnable));
        Assert.Empty(_sink.Bytes);
    }

    [Fact]
    public void Uart16550_InterruptGate_IsOut2()
    {
        Write(InterruptEnable, 0x02);
        Assert.False(_irq.Level);
        Write(ModemControl, 0x08);
        Assert.True(_irq.Level);
        _uart.Reset();
        Assert.False(_irq.Level);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Uart16550_RandomAccesses_NeverThrow(int seed) => PortFuzz.Run(
        _uart,
        [0x3F8, 0x3F9, 0x3FA, 0x3FB, 0x3FC, 0x3FD, 0x3FE, 0x3FF],
        seed,
        random => _uart.TryReceive((byte)random.Next(256)));

    private byte Read(ushort port) => (byte)_uart.ReadPort(port, 1);

    private void Write(ushort port, byte value) => _uart.WritePort(port, 1, value);

    private sealed class Sink : SerialOutput
    {
        public List<byte> Bytes { get; } = [];

        public override void Write(byte value) => Bytes.Add(value);
    }
}
