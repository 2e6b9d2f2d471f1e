using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class I8042Tests
{
    private static readonly byte[] s_mouseCommands = [0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xFF];

    private readonly FakeLine _irq1 = new();
    private readonly FakeLine _irq12 = new();
    private readonly FakePower _power = new();
    private readonly I8042 _controller;

    public I8042Tests() => _controller = new I8042(_irq1, _irq12, _power);

    [Fact]
    public void I8042_AfterReset_IsAsFirmwareLeavesIt()
    {
        Assert.Equal(0x14, Status());
        Assert.Equal(0x65, Ask(0x20));
        Assert.True(_controller.A20);
    }

    // i8042_controller_init, i8042_check_aux and i8042_aux_test_irq of Linux.
    [Fact]
    public void I8042_LinuxProbe_FindsBothPorts()
    {
        WriteCommandByte(0x55);
        Assert.Equal(0x55, Ask(0x20));
        Assert.Equal(0x55, Ask(0xAA));
        Assert.Equal(0x00, Ask(0xAB));

        Command(0xD3);
        Data(0x5A);
        Assert.Equal(0x35, Status());
        Assert.Equal(0x5A, Read());
        Assert.Equal(0x00, Ask(0xA9));
        Command(0xA7);
        Assert.Equal(0x20, Ask(0x20) & 0x20);
        Command(0xA8);
        Assert.Equal(0x00, Ask(0x20) & 0x20);

        WriteCommandByte(0x46);
        Command(0xD3);
        Data(0xA5);
        Assert.True(_irq12.Level);
        Assert.False(_irq1.Level);
        Assert.Equal(0xA5, Read());
        Assert.False(_irq12.Level);
    }

    [Fact]
    public void I8042_MultiplexerKnock_EchoesOnly()
    {
        foreach (byte value in new byte[] { 0xF0, 0x56, 0xA4 })
        {
            Command(0xD3);
            Data(value);
            Assert.Equal(value, Read());
        }
    }

    [Theory]
    [InlineData(0xFE)]
    [InlineData(0xF0)]
    public void I8042_PulseOfResetLine_ResetsTheMachine(byte command)
    {
        Command(command);
        Assert.Equal("keyboard controller", _power.LastReset);
    }

    [Fact]
    public void I8042_OutputPort_KeepsA20AndResets()
    {
        Command(0xD1);
        Data(0xDD);
        Assert.False(_controller.A20);
        Assert.Equal(0, _power.Resets);
        Command(0xDF);
        Assert.Equal(0xCF, Ask(0xD0));
        Command(0xD1);
        Data(0xDE);
        Assert.Equal(1, _power.Resets);
    }

    [Fact]
    public void I8042_KeyInTranslatedMode_DeliversSet1WithAnEdgeEach()
    {
        Command(0xAE);
        _controller.Keyboard.Key(0x1E, true);
        _controller.Keyboard.Key(0x1E, false);
        _controller.Keyboard.Key(0xE048, true);
        _controller.Keyboard.Key(0xE048, false);
        Assert.Equal([0x1E, 0x9E, 0xE0, 0x48, 0xE0, 0xC8], Drain());
        Assert.Equal(6, _irq1.RisingEdges);
        Assert.False(_irq1.Level);
    }

    [Fact]
    public void I8042_EveryKey_TranslatesBackToItself()
    {
        for (int make = 1; make < 0x80; make++)
        {
            byte code = (byte)make;
            _controller.Keyboard.Key(code, true);
            Assert.Equal([code], Drain());
            _controller.Keyboard.Key(code, false);
            Assert.Equal([(byte)(code | 0x80)], Drain());
        }
    }

    [Fact]
    public void I8042_WithoutTranslation_DeliversSet2()
    {
        WriteCommandByte(0x05);
        _controller.Keyboard.Key(0x1E, true);
        _controller.Keyboard.Key(0x1E, false);
        _controller.Keyboard.Key(0xE01D, true);
        _controller.Keyboard.Key(0x41, true);
        Assert.Equal([0x1C, 0xF0, 0x1C, 0xE0, 0x14, 0x83], Drain());
    }

    [Fact]
    public void I8042_KeyboardDisabled_HoldsKeysBack()
    {
        Command(0xAD);
        _controller.Keyboard.Key(0x1E, true);
        Assert.Equal(0, Status() & 1);
        Command(0xAE);
        Assert.Equal([0x1E], Drain());
    }

    [Fact]
    public void I8042_AnswerDuringAKeyEvent_ComesAfterIt()
    {
        _controller.Keyboard.Key(0xE048, true);
        _controller.Keyboard.Key(0xE048, false);
        Assert.Equal(0xE0, Read());
        Data(0xED);
        Assert.Equal([0x48, 0xFA, 0xE0, 0xC8], Drain());
    }

    [Fact]
    public void I8042_WideAccess_IsBytes()
    {
        _controller.WritePort(0x64, 2, 0xFF20);
        Assert.Equal(0xFF65u, _controller.ReadPort(0x60, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void I8042_RandomAccesses_NeverThrow(int seed) => PortFuzz.Run(_controller, [0x60, 0x64], seed, random =>
    {
        _controller.Keyboard.Key((ushort)random.Next(0x1_0000), random.Next(2) == 0);
        _controller.Keyboard.Key((ushort)random.Next(0x80), random.Next(2) == 0);
        _controller.Keyboard.Key(random.Next(2) == 0 ? KeyCode.Pause : KeyCode.PrintScreen, random.Next(2) == 0);
        _controller.Mouse.Move(random.Next(int.MinValue, int.MaxValue), random.Next(-500, 500), random.Next(-20, 20), (byte)random.Next(256));
        if (random.Next(20) == 0)
        {
            _controller.Keyboard.ReleaseAllKeys();
        }
    });

    // The commands by which Linux finds the mouse, and a key that goes down and up anywhere between two accesses to the ports.
    [Fact]
    public void I8042_KeyWhileTheMouseIsLookedFor_IsNotLost() =>
        Gen.Select(Gen.Int[0, s_mouseCommands.Length - 1].Select(i => s_mouseCommands[i]).Array[1, 40], Gen.Bool.Array[200])
            .Sample((commands, keys) =>
            {
                var irq1 = new FakeLine();
                var irq12 = new FakeLine();
                var guest = new MouseProbe(new I8042(irq1, irq12, new FakePower()), irq1, irq12, keys);
                foreach (byte command in commands)
                {
                    guest.SendToMouse(command);
                }

                Assert.Equal(guest.Typed, guest.Received);
                Assert.Equal(commands.Length, guest.Answers);
            });

    private byte Status() => (byte)_controller.ReadPort(0x64, 1);

    private byte Read() => (byte)_controller.ReadPort(0x60, 1);

    private void Command(byte value) => _controller.WritePort(0x64, 1, value);

    private void Data(byte value) => _controller.WritePort(0x60, 1, value);

    private byte Ask(byte command)
    {
        Command(command);
        Assert.Equal(1, Status() & 0x21);
        return Read();
    }

    private void WriteCommandByte(byte value)
    {
        Command(0x60);
        Data(value);
    }

    private byte[] Drain()
    {
        var bytes = new List<byte>();
        while ((Status() & 1) != 0)
        {
            bytes.Add(Read());
        }

        return [.. bytes];
    }

    /// <summary>Linux's driver, one access at a time; what is typed comes before the access.</summary>
    private sealed class MouseProbe
    {
        private const byte KeyboardAndAuxiliaryInterrupts = 0x47;

        private readonly I8042 _controller;
        private readonly FakeLine _irq1;
        private readonly FakeLine _irq12;
        private readonly bool[] _keys;
        private int _accesses;
        private bool _down;

        public MouseProbe(I8042 controller, FakeLine irq1, FakeLine irq12, bool[] keys)
        {
            (_controller, _irq1, _irq12, _keys) = (controller, irq1, irq12, keys);
            controller.WritePort(0x64, 1, 0x60);
            controller.WritePort(0x60, 1, KeyboardAndAuxiliaryInterrupts);
        }

        public List<byte> Typed { get; } = [];

        public List<byte> Received { get; } = [];

        public int Answers { get; private set; }

        // The driver waits with interrupts off, and the handler runs between two commands.
        public void SendToMouse(byte value)
        {
            Write(0x64, 0xD4);
            Write(0x60, value);
            HandleInterrupts();
        }

        private void HandleInterrupts()
        {
            while (_irq1.Level || _irq12.Level)
            {
                byte status = Read(0x64);
                byte data = Read(0x60);
                if ((status & 0x21) == 0x01)
                {
                    Received.Add(data);
                }
                else if (data is 0xFA or 0xFE)
                {
                    Answers++;
                }
            }
        }

        private void Write(ushort port, byte value)
        {
            Type();
            _controller.WritePort(port, 1, value);
        }

        private byte Read(ushort port)
        {
            Type();
            return (byte)_controller.ReadPort(port, 1);
        }

        private void Type()
        {
            const byte Key = 0x12;
            if (_accesses < _keys.Length && _keys[_accesses++])
            {
                _down = !_down;
                _controller.Keyboard.Key(Key, _down);
                Typed.Add((byte)(_down ? Key : Key | 0x80));
            }
        }
    }
}
