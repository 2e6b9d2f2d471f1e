using System;
using System.Security.Cryptography;
using CsCheck;
using HyperCore.Core.Trust;
using Xunit;

namespace HyperCore.Tests.Trust;

public class PcrTests
{
    [Fact]
    public void Prediction_AtPowerOn_IsZero() => Assert.Equal(new byte[32], new PcrPrediction().Value.ToArray());

    [Fact]
    public void Prediction_AnyFiles_IsTheChainOfHashes() =>
        Gen.Byte.Array[0, 300].Array[0, 6].Sample(files =>
        {
            var prediction = new PcrPrediction();
            byte[] expected = new byte[32];
            foreach (byte[] file in files)
            {
                prediction.Measure(file);
                expected = SHA256.HashData([.. expected, .. SHA256.HashData(file)]);
            }

            Assert.Equal(expected, prediction.Value.ToArray());
        });

    // As tpm2_pcrread sends it for sha256:9.
    [Fact]
    public void Command_IsTheSpecs()
    {
        byte[] command = new byte[TpmPcrRead.CommandBytes];
        command.AsSpan().Fill(0xAA);
        TpmPcrRead.WriteCommand(command, 9);
        Assert.Equal("8001000000140000017e00000001000b03000200", Convert.ToHexStringLower(command));
    }

    [Fact]
    public void Response_Value_IsRead()
    {
        byte[] value = new byte[32];
        Assert.True(TpmPcrRead.TryReadResponse(Response(), value));
        Assert.Equal(SHA256.HashData("pcr"u8), value);
        Assert.True(TpmPcrRead.TryReadResponse([.. Response(), .. new byte[100]], value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(17)]
    [InlineData(19)]
    [InlineData(27)]
    [InlineData(29)]
    public void Response_NotAsAsked_IsNone(int at)
    {
        byte[] response = Response();
        response[at] ^= 1;
        Assert.False(TpmPcrRead.TryReadResponse(response, new byte[32]));
    }

    // An error is ten bytes; a TPM without the bank answers without a value.
    [Theory]
    [InlineData("80010000000a00000101")]
    [InlineData("80010000001c000000000000001700000001000b0300000000000000")]
    public void Response_ErrorOrNoBank_IsNone(string hex)
    {
        byte[] response = new byte[TpmPcrRead.ResponseBytes];
        Convert.FromHexString(hex).CopyTo(response, 0);
        Assert.False(TpmPcrRead.TryReadResponse(response, new byte[32]));
    }

    private static byte[] Response() =>
        [.. Convert.FromHexString("80010000003e000000000000001700000001000b03000200000000010020"), .. SHA256.HashData("pcr"u8)];
}
