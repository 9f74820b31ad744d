namespace Isocenter.Codecs.Tests.JpegXl;

/// <summary>Streams that cjxl 0.7.0 made of computed images.</summary>
/// <param name="Options">Of cjxl, beside <c>-d 0 -m 1</c>.</param>
/// <param name="Kind">Which image, for <see cref="Samples"/>.</param>
/// <param name="Columns">Its width.</param>
/// <param name="Rows">Its height.</param>
/// <param name="Components">1 or 3.</param>
/// <param name="Most">The largest sample.</param>
/// <param name="Base64">The stream.</param>
public sealed record JpegXlStream(string Options, string Kind, int Columns, int Rows, int Components, int Most, string Base64)
{
    public static JpegXlStream[] All { get; } =
    [
        new("", "slope", 40, 30, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAAFkanhsY/8K6DD8AMWFCAIBADgFSygz3YTxGlyTGHwnoaAkKEQilGED
            EVExaQEjhjEcyhgRw+gYGKo4AYDf4dmUE9HNqK6hjZEkmkZioJJ1/WmoYCiQQBQJEAQJnDdqoIkLoKxoBFDjnWvHg0MoGIxueZBb98nrAZOcT1Wy
            ZdqlwX7Pqeyk7S6IisrOXCRsg8tVnlHwooAXnv7YvVT1ToHJEEQYpWMTH/iZciDsOa/no6RnqMdAsz35Db/54tgVR23WsEWNO1O/ty7gKgMFo389
            wD/FfX9AnCEqmbXf9c/7pbyNcLkyJDYTvfuqCTRRG0dPjmFQAhei599iuHaCYRrzs8aYKNyo+zvBIwq0kPe4R40mF7UOwEbRWOy2jRjs+x2oD++R
            C9ExvRroP233oUhVQdMm/aRcxE+7ihF000aASfqsWNY7i93eMGlhGCC3cW5VM6/UJaIm9siA9lDzBwxiBA==
            """),
        new("-g 0", "slope", 150, 20, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAAWkanhsY/8KmAAq4QcoLgQIAAEAvAEAAJAHQD5LKKOqzFp6mM+WD/5+
            G7Y4n9qOgoKCgoKCgoIjGiuDgoKCQkQhoscYMyo6hjGMiJqeYmRsDGMgIkp6mqiIGMYwNl70cNExjGF0ZFZaxjCGMYyNMXhJStadERHRsbGxkTG/
            PeIQI6IjYxjDAQCYAAAXQK4AAiDyADQWMpSsUQVCVvTVTp08hFSATY8SNS90VkEndEO64B9TlJyotnQutjT6QcQr/G2wmC3bkXTDIvNLsW4Mk06P
            JzRsNnlr7U0V1QiFf04Tglawzk8SMrFDBcdy8KZIdX5E6lFaVG++QTPpZeCTQErRMy2VZN3TanGRxSccocKvzso9nH8IzaVFjqIzfUQJfh6cTtx3
            +4R8R9fu5e83z6u6CvrkOp4Y/Pv0ekNESStdkl5dsrUcLxppp4btfPeVk0pMO2jLSbMWvXxzaRIZqfrFXbqUxuoZJDDCZGWTRy3RzhA0G9JDW+T0
            5m24+5GZjNLwEeta1HG6bIknuyl7uUFR+NlQgcG0FuspsMR/eN4pV9cGAMlsGe7KJrHVPmRhxPhfrfM1Fd/O5Dpoc3wZTvoEch9baUw4RJ4+svkf
            0Y5VjEZqGnsSO6XP9/pvT9yLumPFSmPGM1fhLHmq3sydjPCJezHGJisiSlBKy8d8ul/K6CcPm6zt6eMsHHZLYx+aeEraQcD8La4EBBkoKLNzSbIW
            4DjPoG8HpienELe42QDJFG76sd3IbbNXm/uLOM/fvmvLBvD0fh/w3z/El58E3Jc4RCA/REDAD9n8B4EfAE77IyB+g8MV/RAgISegSBih1lrrLAH1
            CBCuo5SBBBkTAEHQL6BBsBnXDLqFFCqJZOoJqBUoWG141fG0SJBhP2Rfn/KG1cRh9zAbNCt9qoXzKz7I/h4Pae1YzgCy9GYZ6RVKj7OA0GkXsLrH
            EvYc2PjeGwFvr0mkvs8l1o4PHfjkuZKQBxk8WwJANGAUfMvus6BPTv5AYyys2h9MzE5wMKAkIZKL14m4P5QhvUn0aSJncv9HOxMplC8cDixPrhxC
            kT6upFPu1JIQqXxJkXaHbV5tmgp1Y+I19HwMVNRW6e0YEL/iB61aKbm+I8JAy58iTUfzudCZSGSEL13RR1Y+2BpIO4r62nSaNLI0QINLQi/bog2B
            CdxgkuwgHfDq/vLHI5hPy7NCi+8Pwl3qZhprRoI4ITOERnMT4NYobf7L2+g1ZufaQXNnZWNdoNslsyd5dKbbvHke2xO3YNLI+CLh+HmAThaqG0Jt
            h6Dy4OAZosVHstKISlHcFYRqqjjOm+xIx1Z6jSSbj/iEVs7Z/miJ7Tx6m094Qg8i7KQHwm/6oOCogYgAiYifdc3eNXZavtdD2N3g+JDCXx6659il
            ms1k/lEXzUQnGSS460wXrLP8ZM/2rK12cojVc/KM1r6jUtJFFCbDmQjBmplLKvZ9ZWOIknpxiWP9ZwCsFqWk1Ty+yxqEMShNMKEQWVZnLeXVVuF9
            MT/BfBUznJqgZ/qnwC4AGoLxCEHEaIIoDsEgeb3jSk7HvL8UlENhZR3+8LUVD5OLs90c67MMXH9eJf4aF6A/gAFGIwEA8qUCSQKAayGZ4SMqFYYF
            gXOTEW82AqvPzDD4w62AACkiHXeKbowm5+MZ68lKaK9nOigvTQQF6ywQeymFMZow5js7Y5ih7kySvADHDwgdMlI7T9ycFJqsAYAnAM+g5Idez2gH
            ZL5p8BQ0Yv6o36uPEaFte/z/ADDijcL01ivpqxvmSyGHIRCCaJT7oP2DBghpXTvtqP/0R0A8Iia6P0YCBOJ7Zkz1z6IkLhjdxLHPBLcnsUnPbyi8
            31z62by46V0skT5FQlu6REY7sqoAQgqCtvNNr3MWD5q3qYeC9MTIfesmD6zC11Ydfz3BT0O0iEgM
            """),
        new("-e 8 -E 2", "slope", 40, 30, 3, 255,
            """
            /wroMBBQXAgIAgEA4ApLKKIcW07PGwe/H42Vg28VFJab1VBQkFBQUFBwRBjrW6i0paMxlLYU98oRMYxhjMFh+qAYfExjGMamD4QRY/BrjIoXh7CB
            QWy8mDs1Yuh/AMQYfIpio8L7wkCMwbc13gEcWaA4AMVX8QdfSpHq+I8fSaKJsXckWYPvyH1UwpCAkAiUGHgGIZBAqCSMFCOMQTBcXNe6KGvFFgE+
            6oxZCDvY4JtFny7UKjFZnlo4WmlWyDLfqym5vYQFt4UGEOJzwYTo+9APAD6SYYCOb1AAVJIBJbvW5Kce5NqxNwXKiLULzBRVa0fcFM0r9ZhGlZZj
            n2tNmugv+lrtk2t1Fs6xlaRlCgLjnHR3seu0dHrn/ph94lPo+QNoZgpLOi1MPwnxVNF8tR3dLb76igjS1B/3T54M2OtxmtVB5FfrKeo9XeSUtxBc
            +P63+JYG1Q5HBur4KZ6/BOxn3R8wq3E6WQeuzMGIOWWUYlUY7nyxdkDdpvFD1cVlm8d4/AZM+2fJkHgEFcOdQ4cYYxZwcE3FjdkS94G6AJCgmgj5
            /8kf0lPBBgaMgWJXsrhrufDKd9wJWMYkZzj6fQjyrSZ5J4J5k7C9ZFnn/vwoZ9GihPL/T4nMlHnqSPy6sjGkKLHwkakp7NoD8OvucWK5z8SMPQqq
            l2jLih02L/56qsvsnt8p3U8F9DP1gxlRanpXo+pf9xk77Koy65VMzhB339ZKHrc5VM8ML3/ktwK6uEHMS+YRAl4AkUyoAA6Wz0G7znGGsCW4Fz8b
            3z6K+j+af9IW18xK+KPAt5unky9rwN4ZXnG8CQHtWRJvrXDrh+rJx9gP7LL85NS/3PbTi70AIPqNe/YMmEq9v4sGiXPw5eapeG4bjp3f/lOSaeai
            CIwVvkWH7q9B3qOdGq5BAz8gWv0AENf/AWZTf/gXHOHwQ7Dm4XA=
            """),
        new("-e 7", "few", 35, 28, 3, 255,
            """
            /wrYYBBQXAgIAgEAiAFLGJOOg4MJkQh1o2JjjJE4hDEGIYzhBaIBeKSiAnja0P//F1BNIkmTUSQRzyeERDDDExx7N5q01l77TlmwVGKWLMB4LSFq
            Y1hxuV3Y6EUJF++P8BOZHyS3aFEnnG4p6QxwDg==
            """),
        new("-R 1 -e 5", "slope", 45, 52, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAAJoanhsY/8KmAFY4AcoLgQIAgEAQAlLGBPfAGBCJEKKa58jYkiwio6O
            Zd1g8O4ZP36c3UnASACARz07F91U6h8FYbVzLU2ZxYelofXDtxzfI5wL3XNxTMncQPQ/ZWRCIdCwyzCn4EvSlJSKc9xiyvxxq63goMWIocd0gbYI
            ZlqNxYSTCWesS45mbIPQDhiaRwMdCEhgtAKp5YzCK0e0ksjlzH/TiknA2TjkSwzduN+k9YiTOW1nUKKVPcSt0hrbW0hV8nM6EZaWCdhZAF0RJb1K
            1D2BOGhWzYhicsLmEgWDaBpO0k05imkp1J7h+BuAs11qJWN0NrNnf6xGJToKWA3h7qvR4T07OHgfvFNi2E/xPqlPOLCh5FiJ/b5DRMxvd1VV3e/b
            3eVl92VmbhzqrtjmXBDFBSvvuQhiQ93rWGqCX0y0T/x+CdZ5+KnOf5puQJSMuti0RHeq/x1DZqFjI5nIhJIpfZ9VywGltgJHh/kn5UHtRfkR6t8j
            hVtezjHYVkVsAL/Vt38EkmBCG4haUx3xBkLFqEauPd7UXe5lzABSODGCdpN9+5EVzfLlWubChRM0kS+Bd5ShA2nSgX45b66mLZK56hKuwJ2XQGjm
            QRzzOLhGJPXrxzOGCFWY9yGdRiTegpFLciIP0mVZiYYvHWYx0jFOV7Pv0nzcm8wtJPzPFuHc+wNcvqpelqlKyK6LqUVkh3y9SLCWPW/gFkGnltc1
            r0p08SULNSCh2D8A/Lq6WqknjA9FklZSm3dR3AXc02X3vkV4pnogt5UWkhy5qkmWZInM2bZly6vXuq0rnG7brg2ba982
            """),
        new("-R 1 -e 5", "slope", 33, 27, 3, 255,
            """
            /wrQYBBQXAgIAgEAyA5LKDQmrqkTAKAkRCIR6waDychXvBmd9Fzp8s6C4EIgvdoOCYZRPV6vkwL5CYCyUppAEIaHg8jDY+O8avD3Ut6FusvuLs4W
            EmSBMoAY+7PpkEsf5LXFwsPHsKBlMX7cTGHuAyi+xBqdD9CEcFglvHubIxfjEA5JYVPrrwyTIHgGq3W0IRYj0DRX8ITWWQoarlX06PWWUHjuHyrc
            fommxsJz/wHAE1+rKtl/JsLZolAD0kUpJNYWSkJc7JOEDGgkQkUUBqPKMMGPhiQqGWBSCgWgNvrcM84xPhRALMRoer7D2QaA3TraB3lXg+CRYGpX
            akldHaGD6NFIIFTqFfDTV3lgYJRaSxn5N13OqFaxIzbaAhgHTaFgxZD0TOPQtpTZ5WhUfx16iQCM/qsz5EtqSHMXAwDXCXXa3ArCRLTLiewBCasO
            RgdLaCGS7XUhc2Ci80KRotSEFffEJOs0MzIaQDODjawbnAA83izOR0JExHO8qH7/BSpXCkSFNFKtkJrjyIYJCGeQZDjxA3x9JT0zFWGa36BURpME
            UUzdajum5woNdW6yMXQBQaFCnxecBvLMxjj173L4tCpR6kvijmBeH5+xAPLMJ7qYC4ducrMob0UXpUVi7Ft2VjSrLU2P+nqqPSfMlcgG0r09aSic
            qAYfkjWsGvs48dtnSzG/mhcfxiH7ECx0kQ3E5VEmboOyl20WlrD2NJvkeDXJUTwLqBFvox+SLPbudfqDqOUBG+zftKVtfbWpvB6yKY2G/BI523qp
            wnxFMlDbTk+2uF8RouP9zqwX5ZqRhkQ3Vl4i0lea0ubNNeLrapLm2zdw1gnXWfOEYSNp/AWnGaFyMoLWPtPp7HokslqgbaQpHW/LGmRMhyFthFfa
            pKzBNkp6kldm7KIEVt8IdYu2/NTo3tU6uakJW3MjwxpyZMGDWL5mK94h68qad/fx1tRwQ2nMS7XabdsbF2AkDR96E1btxHuLtI5nVWsu7sWzK//7
            Tdfr7e1MD1oGVsuL39oeb2jv2s7hkHm2BnBIaxyl1DshTRpasoxsrXMyXGkLeKFSdzZADlkDCEkLDRe23YYJB9akJCDhRdtxF+yuduGpLOzvV5vD
            gPJoNctetnfLrBJYHsZmNpAA/GVL1A2UyRH4tP95+iaT3kM8qR38E5+AtS3FfZ9++mudMEda+a18C1Z0mExeLQP4y6FuLLCyJgM9KnQIx6Pt/UYF
            x9AprJTk+r8100sCTrTxOkFALOhXL51t/bsLJpYl4AijBsgN
            """),
        new("-e 7 --patches=1", "marks", 90, 80, 3, 255,
            """
            /wp4ArKAgOJCDEoBBQQAZABLGIsNwgmqlxXnFwgBwJO6446YkLFYMiEDWCAQAKQBprQnELeoSjEGh+gnwhiDN8cwBk+MwW4Yg2dngMg2OP1RXHO/
            k+Ph4ueoRd2ks9SP1eof102o1aJU+J4lFBLjoiBhAvCCYnZijHuBEAAARrYAyN0Q6fHcPRY9fKF5llLGxgIkiM2zmFQ0
            """),
        new("-e 1", "slope", 40, 30, 1, 255,
            """
            /wroMBAUFwIIAgEA8AhLEqVCBVJgQ88REREREdER5MXgiaMFwDWQBaRti6j0xUaiP2qKhBgiglkikCQCgtFQgskhGIgYiCiASICpBK+MbgA7LcRs
            AUBcgJ0IUMF+yKaQwwg4LZiNPESsBHyIbVRuVAsZdC3hSU2Af4Tf2GotIl1QHbgtuA2fSPSAqJAPRQtdwhGAaU5czK3AOlkrRTRs3CkyrBV81kAW
            hUBFW1nEDYwx0I0Fsq9QikHTiFyqnAHhDXxcHxyiTdNp5K1EcHsRUtJNgkVLRDSsuJHrjQgS6lVgMtdyf1CcYdypVKpIjvdRYEKoon9YVIo0sjSC
            ZXJVNJNsLYRWnJS8sVSOdJL1tblyIKOMupxYBJI8sg22arailphAzfGW8LD1kcCyZfJ1ttwaYDr8ksSFJKJtNt12ktbsypy8poefBIlG8tSyVViD
            umMAUzfs0kWJvZKu4on6CpvlIkJj0IK9kZb2DvsuV+JaG0msekeCtyzthbL1liObdHR0b+zgTYQ/EZ4aN05axsEBjR/efQ28d3+9g2XBLpY/V3+H
            czhsN1/iL4P+AKN+gNWpgTZ8c3A0hLd/94c/cLYDiEUN3QaGOXg7yGPbDUSiLxuSALj6C8ibQCFDR9/3g+APf67w/vsL0OKPgKSbjt1Ihf13QP8P
            wJcf4L8/ilz/qFb4yI88wPb9D+T+A/yR8PLvDyDOv4IBcnqMe8X1HULyPwh/Lvj++IO646+o8D8qFhmM0k97kT8gf37ge+SvguKvCuKBCOKhAA==
            """),
        new("-e 2", "slope", 40, 30, 3, 255,
            """
            /wroMBBQXAgIAgEA3QNLEkcJpRMEkxQUWAE4Ojpajo6O5pExxhjJGCM/RiVrheX4McaoGBx/NzFYHWN8zgdAOIkAgFM3oPW/+fcbLv4RQwTVFBEV
            EcUgsYM0eUiTGYbJYKCoCkdhKSnFiC4jExs1O3UcM0EBUNdXlSwUMxEhNSFzHRU0CVTvOTVm4QsyHxMgUxNUE1I5FRI0GRcbFFsTIRUdNTkVGDVP
            NTe3GhbzEBsCJTMdFRo1CVQ1dUh1EnY5d0wgk7Ka6bpITYVNTQSFVFXUzdVlG8loCF0WnNfSM5NRVVMhQbVBB2FH1VYWl2HhdyFBIUGhU3dVN1ZB
            FjwP9xYWeNN3FWHVVKFWIXWjgaMhsiDYZy4uvJECJ1ieglXd1I1Y5YbgXpWISKtt5FBccOmCToXU5dTl1pVZYN25111QBkqZpwJiFngWolc7InJ3
            ByLCmOs0s6w7xRitA0ygbjBENMTihtmy+xna2SA3P3OFLDAYIhgiciMiInmZbeRYmk1pnhsqmXeH7UZDREQsL/M01y/3cYuJTSS87zoiGIIiIjma
            IiI5QpsvuwGaw4TH2Pbw1ejl6N3u5TluY+4TqXEyoLrD0ztQOBi9G80c0Rzb3NGclu0+MqnDzZ0I9IvViGb2bY7rCO52GxnvbgO8+4YCfO5h7hG9
            Ec3d3R7OnuGe4WOyk0tvOqGgy+ejPRCrEdHs3d3Zfd3tIjBOdkK3Q7qzagiBG+3cneHO3jzu7u5DklGZH57aw58feM5/AgHLwd3N3XPtt90lEmGw
            k54Xf+/w+UN4K+7NjR5O7qnu7u6MSUZEfnjpEIBAAAz+gReuEczu7B7pPuXz/u4MyT1+fuAp/gFefqAFRADNYjpGi7jDfsBwPDz+A1H/AH//ohSC
            aPCPNjdfOm84uM+73/iTIveOjzwz/oE/gYcPeUBL6RZib2ivtk/7dz98/AP44QMhks2Pf/BN8kWJf1UJeV0QQ52Z/d1n3/n4B36kH8LvBaERXwoR
            RZIfbYoXOPyDrUXEgMRPP83Eg8RPP83Eg8RPP6XEh1HaLBFETE1MIyEw8YkPp1uAqAL6uoh6mFEWUnGq+b+fiQXAByXQAVHOO34zok/x52UA8gMQ
            zQDnJCVEEsMNjn9sMRITIJcewFvOyvAbgLEWMhH/wpUAB2McA0DFPZ5VJyMA2JKz5g9mmH/5AelxUnyAymE7wHn534sTwBkByAsgq7gY1J39UU4B
            z7W/vgYgi8x53C/8JxYAWvsfsQB8kPfff1taLDYAHsEP+BIBbRvB98IXAgQCs/4YXKGJ0HN/mSx56uFzfFXgIDWwz4Xsc7LUlfkKmWB1V/rssRjk
            0CuxoKaI3mUC8g9386OADiZgRYC17gsKxWGE6qT3E4gWfmSZJc4lVyb69P1t1P+HJ7gcez8SYXKIUsWbhje2PGDRT4pPn+i/FBUe8yDgSOxzL/QC
            WiUqXnYF/RIKRjXPs0AznzgmgEEh5zFeDSIE4kr4yioQxglEgIF/bLE7yGRA8Yix1A/hmQztPQsR/3FYScgRHLJgZhjAqroHvVsuCkUmL/4/0zxt
            CbDzloeSfOpTByUAxsBD8f6GQe8jzXXn9fCwJICtry/I7BbE0xXinswLGMJ04et5zwjzAFPEgD4kgJUHqEhmn9+QB8v/uefmPkA23g8+493u4CGB
            jZL9UU3RH/A37ioew0i79Wx+QF+jZz/tAQ==
            """),
        new("-e 9", "check", 64, 48, 1, 255,
            """
            /wrLQFBcCAgCAQBoAEsoNCaO8UBDANQfP8agvwAIAGuiN1/+rtMA
            """),
        new("--container=1", "slope", 21, 26, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAADBanhsY/8KyAAo4AcoLgQIAgEApAJLGIsVwIhz2EBEdFRUVMyYMzhk
            AEAeGjETUhBgWGBcgMgqGRFCESYa4hxQw6m700irVmVv9Q1v1Hit1HHpGJP6V1imHVe4OSDa7xW/7F5PMAP+yNnlltfqNYPXxE/1tkCj5/VW40rn
            U0g8QTT9jFnCXIvodQNScJBVV3RkWSXsT72evvW7LPzDgM62sbyGIOQ/03KjYGWjHpKD6MNf0TK2jqFkbgZoC9AF
            """),
        new("-p -g 0 -e 4", "slope", 140, 130, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAA0xanhsY/8KCAQW4QcoLgQIAAEAbREAAADUTylMAAJLEqkIu92PVniA
            Tu40Tb5mAwDQAPDMAgAKAACgUNkDAAAAQDkqe5z1SEFBQUFBQUFBQUFBgaUxNoYRMYyKMcZ4im2MQVK8Uwy6ePEuklGkyHsUc04zGWOwZAzWYRh5
            YXSMwYKxUAxSoDQrZBgdHWPwwCp2RJ7r6HR0dKzdSlZJihTJqNJsGDEGr1aMQYBYQoeYnQzjY7DcGBwbg7H90+yQgYgYLwbrvIxBGTOnAZBZmRBi
            DBYbg/VunoAPBAAsFJPaAgskei8TWa/prmD2+/4FM/qy5VCCaY00N0e/G5aGcVTv1oCTDJ6xh8xQPoUN5SIx6YGcRUiyTEe4AAZYEBpRIHzAukFQ
            TKPxzHqQ/VR+dBYBD6ge337aFcVLBU/oH/3uWn7eS0mI6hz9fvpe3ksJiCzmmo9aU9232ZqdEZyeMTEhAiawgfHBhBfKvAE1ySEF3nfUoY3vj8jx
            kkYF2pfBPD/7jre3k7Zy/9c8iU9XrX4fb+/3Y+s+sV/r7fW30dpjvwCHezW/fXgFrf23H9XS/t9IpTfY2pzKlBr3P35sz3v/k4F73aW71a3B/h2M
            Fdndbmzui5iP/eMdfe6vSdV85R4m9+6pGOscEfTSIy1Ha+JUJOywOCbcXlHFaO4UdLViZKBu3uUPw2eIor8z5LihngPN8SAMbMhQvcr2V/rd53+W
            z/+u//LLif/zgf+kSlC6Yw0wLfg5+bTExEo64W5gQHj6lguNSvvOIgSEIBZe7ve7m3UXeFe3myqvUEIBFXeunKm2L7j/DZvm7zOEiniNu9M5vBgw
            LRTsxRF9W3qeg2I7JnBlSmL/lNsh7w/Q89GfbIGMxw+cAuZr0OXlNPlBFp0i/iINL86HWEhaVdiheyB4B8S/z2NiHyn2H8+ZsFQ8foyH1DhPjrVT
            oSznoMeglC+4dLg6zGUt1t16SubuhKZaTPauk+qYkSaT9pn7JCBnJse1jFr03UWFOKoNf8XxfLwLJqkGV8Vgx9vD32AhN6C5SYNv1g3ChLr5L54F
            Pj+SBDBFdMdXaDLr5fR8BipvDx0BXqcUdwDL/4g4iNxh8qi5N6Pta0nOp7pyA7je4kMKDymfvJg61Gu0/wn50vsTX8UeqXApYlIjnAma118HnuSu
            pi26YxlOTuupDltv+yfQdllK54eyFTUgaN93XtnKpmiMVNJK62xnkg0TWb4KlxTQy+buVqB2ZVsEQrUHVKttdw2417G3facjeRPddwwkuHMeHjdl
            G7jmFMZlam11yP+P1uxwVnXhqYcX0wm2viQWIDlxAA/uh/M2BBplQNoQ9IjiUas1g8bLi0fJeySbjmChGW3QvZMM/ktsak28pXeuWufOaB+OPj9G
            7r/6CMKK0TFTwyjUYkDjaxiAP4e85FXA/kUlrkueq0tAAfHqPfdX+lEqDOv2Be6VOctff8bOrzX2xoarOoyOn7+IzoBTzbP7k8+rRPO1C0pnvjXJ
            GtQ/jbRcW2pi7XpToXbFnq7m0G3Tn4RGH77cv45LRCo4TNxPoqeIyU96Thz2q6fN6MyzZrfI2bfqSjBzY5JMH4wqhxgy9t/B5zI7kd9fPJQla6tm
            vOO/yaM6FdoGb3glYgknuMZQSHb+RPzX4+HbXNxCjIU4cwM7rMLrEQRVHf2PTm7uQIBLr6PG68f7pLk044NjVCxVuieRLsiRK+UBWW5paki7lu9t
            IEQ/hMoj7kVWP64nPBdUuyNXkrydoNyX7LnIZ1tBhOdI4qwNtHGSWsWOqyYZTvtaGN0Nzp47mKwNRRnBbVP5kL2ISx+64Bi61hW41kTh1Kln3+oG
            OFrhzKeRs4WljPsk99nSQYwZ4/loY3Cxw3wPT9DGUrZBRTAAEJgQGJzqYwiLO1TA08PsQxxMNczkTLtQWg1I1TmCClkDseai9hPgYq+wCKI6bCbd
            7OMSVcY9fw5l/wEvKWH6ozj8+UyVa0tZJMBEvzGTJ1cNb7s6aTiFze/FxKuWNIsz2Sl7MUCN/clzxEPGE2OHwAgvzObhF1PjfrcEPL7ezUibemHU
            IJ1Ya6AVsPYTzCi+/skMP53r+2qvJLJGnXh+0TQbVdEFGAYOkYL9HJHbhKxC56WWc3kXces7e6aY0lYNPdFZgNagcl3K3OZQ0KkaumpbjRMlom0Q
            Tn8wmb9iEE0/WsykfBGZ3Ca7pJN7mqxb9f4Gv51bY3dx8enzkQuMeEpfG9uOQqOZpVrXFQiU+1Ie+N/f6+9ax0L6IT9ysUsZBrDfTc2gcsfLqQqX
            XoaO5uAvSSwkeFGLziYyEgxG+Hhn2rbb69Dkzik16ZeEfzogbmoypfFBLd2aBF9awxFyIF69UF+uz/29TZSsnauDAIzZeN41qNvFqPa6gTQ1ytDs
            sZ1pAfwgPomdLMDoZavk43C0XpSm667CbFxzEw/4BRcJTAUCoovTwecl9qmg/QettqVX5MNJbv0u9qad9sZXMyuMbZxhjvb2OpfJN+yb9Q4B7LUO
            +MJqJrJ+yb8v8VUlVm5Sb0vm8VQJlUPyOmt3QmSXYSkhMoVEfr7NIhOIxojxEHyZppggfea64IROOaFuQijQ99Ib7z04ORYzMVWoRWYC/OE/i4tZ
            aimnbCiDvO0VxEntfBnrgcG/wFfAR7Wjk8sPXA/4BRd8zJjCB8A/kRGa/kZz2KSKA4R+IcuVxNP/ZVeUPZBA7xhnNFzJ55p8B6VVk7CxbKP2DfF8
            pt5JEMchJcGY2RE+fjlhj2B4HOf/vgUm3mMWyaKkGGGgj5BqS3xLElTIIU4ypfFBLd2whOOJe0KUswnXa3qeqZefR8RjmPsRMxMTQ/A1VTU1VXdX
            h9pUd5l5eZm7i6qam7vdvb3d/2M/39//ATIU8QEjlRwBML40x74r70cnLrFD8dEkRNwydNH8oegkzbJMNY+Et4ENtvW5uOYUcE0ykgfmY8vwx78D
            pMHqwuvV8mHa3MQ8sQ0GBIKTyaLQhiwrLWlQFDyfy/bqBm2D9SfueuzWc9WOulBkAoEhvZ9JNzMsQLGJyeKqPoNiVhy5XZkyJm8vMTwIL4wEJ1YM
            xPvHUOk3fBWdahlwjjGaM/6cxbvurm8fwI+kdsubIu5Di53RzlSVsaRsUXoZFk8DQzDa4+v3G7SSoXSy8OfhS6FckZVxuj6eAAe29bm45pRrvc2+
            JHiIujXIZ7JC3x/Iy973DT0TC3PpyYNcVjmVqGLwDbUIT2h5fa32dg5JB6zYye7fhHWLw4fHX83u/laHyzj0Oui6gnGrJjdeE6D+uV9twEr4SLYe
            Ak+BYCcVI/ZmzhwSI/AKnapeSN4Ic1QoG71quUl411Xen7fLdkuZw67bGeuCQhKxjEfKn5hHSt4dGJrerWU7hszLllISbhI2Np0b7CdzpAHEi8fw
            ku4Ug4kXVdDOQZI9vqT4f1y5o3GitMOhgzFuMRdYlytP3zA99SmHliYUVVsKGNzsglCvExcggjjfkNMzI8XFbmMGhcK/9axZilYXW95/oAttHZKY
            92FV9YQY/ZBzzjoNdhNU6bVJo7EQTgFrS3iDVkRTIF5CTUt7rDuMh6ul/WQvVSOmq9eL54eJibzMqIjIfx3hJ+wWozh1nwqmsmXML4FP9nWwEfhW
            MLyMDdJclcoUG5fxzDqrfomHvzcv7csOAXbDuVZFNFnysLv71EkIcqAjnbuLmGwlsZKN6TWjigj1BJX31iQP4GPAwti8eRyfThIk8j7HEFwlfuCL
            uUI6pGwcvWeFKopnhUYHdZIHbYP1p/bqraRf53YhvXtjo5eYL5RUMyNT81l9vKhiLfMKJEMgS1roqNybpY2ZA7Il7T3aqJ8ctnW6A00RkRy+WFjN
            rSryeK14DWEQjzLsVPEDDgtABxzmWb1iqJBmro49Y3scz07CQlIKpFSoDL7yaMAQ6aIq7MSWL/JiLHVttlIKy60al/nq1myDyI5z25rZcL1J2a/h
            08KaooQg9/eKxkQrBNJhzIq3iwcEPpRiBEc+1pPmwdhGN14z/j/+vGJD0X7U0fwIHJVBdJ0FIfCPQH0yTjLN3Oa9TLxG6CfjFPlBSYEQHIVmSjIM
            coarpf2ELyUMprNxeXxMM3B8jCbqeMScoQu8L+1JWHdy+XJmYhpMcAIeYWClrH0jgAQPPL40xy40rz8Xn5Pf0heK9h7s42ZhPVOpQWAckEgiHKsr
            cJH7t/xlydr9LRJya3Vk164Iv+O5B0uc+Gjy5/FwKEmOBAO/JwEANH2n23XH4np3n76XQhGZeSevdylqkZmyCJnW5pmpRb67kKmbk7iZuxbhuxUu
            u7tu+Nvk3t0tobBbILzdrTnf7bHV3SCR/f87zd8Hg92PTP//nPP/eNL/f+cREZ5d8QIz/xGcHhGkWxFxQxExETYzwPET3qkRDFgz4yc8k9M2M/yd
            U8HeVSXTMNM8NVUFyFD1WFlVXPV1tnt3h65bL8NVBwMaBwPwAax1f1EnZKRIckhHjgQDXB8O0Dh2Bw==
            """),
        new("-g 0 --group_order=1", "slope", 270, 20, 1, 255,
            """
            /wqYABqCoLgQCAABKGFMehC4AwAAEBBA2OgCC4AKLaCSThKxeuRwAY3pzwYkVqpW6AkmBPwQo/WTrbj9ahet8JxLnKXSXGoBQRQUKsNuPJHvw5Vq
            GLQApyhEjIyMFBSMFCIRBSMjDmh4YUR0PCpEGLbGYEbGQAzEGExyNN0ag7cwBiKiYgymZWxU2BqDtWMYAzGMMZisKLohxoyKjI5hDCNiDJ4V3RCj
            ImIYw4gYgykUtl6MwYtio+LF4MERMYxhVIwxNjoyFofGMIbRUZG4Ozo6OiKGMYwxRuMegxPRMQaBpivG4AloDA6E0VGlW2Pw2hjGMCI2xmASokcT
            Y/DaGMYwIrYBAJgAABMAIwBwmwAogyAw2IFJUqQhJI0XgGxLDBwjyRcw2IIHi9rAPw5+/o/Bj9V6AABvwz8ifMjla3SRLle6M3xo05YOkabS4PtV
            lc2oKfLd4cMmI4x4Ee0XbaZV7aOtqlQXSp3uUl5758ktu9smpXf0Bv7oDv9XFiAY+gXwxo+9bA3PXFyubQ36v/DopkxnmbLmYGMOwNNGvrKG2y8i
            /jvZz+sUhhN+iECk9A42hooKWlb+651fb7F/DblO6VjrqEQ4HwcIvwXJuQe+nxH+pMw/E5+MmwhbAONeLuC/D3g2kkJN/dAAuj9Aw5+k5QRXEx1n
            5AE2bJiNncY/Ohfj/5X9OV//beJDCM+DABLwwDt3WszB/++7f8bnQ5WLOFkDWHlBLsrymt+aP854qD9aWnLPuBkgTQ/gA+s+YP0O1Em1Xwqs+eUX
            6zZ39B+Axf8zAN1HHsjfiaxFDt9VEf87yFjBGoe9L3hfRE0GUAEDgNYKIFd1/5mS/zfbutdDtIGeE4Am9CzgjItMj3fP6sdoO/enLmMAcAaAdDEA
            AJPlOsSVwM89RJNrCYdd632n/4WUXtdBHwxVIAcgaICR8PC4sv+hm5/IbAe8vAFOrQAUz+sAZAT4r1z9n0lrPUjXaXwMpHbIJ4PcMgDIb3haHfRj
            W3HzMZ7ySUjgFwAyH0B9B3CbcAOI7JMl/O/I+YeYt/ClAUTFABhGyPIB+3RtTL8T6DOc8sU3n/AJ8C0BwMvJZbyobxNENYLXp+P+HptKv4cSuIvM
            BWwQAU8IdizXwf8POf81PXXgHh8Atv3c5KrpF3e5i9zLZSJfF6iyB7VfvYL2f4g1ZmkSyC7nBkDNibOcx/gxSSU+rt8YPhgsBkDADAB8HgCAdlwj
            6xU0eD0rROcpcTlKB8pj6A0A9hXI542NxtmJ4f+H+b8rMtT7h3tHhgDUUwCIkQEC2pmsymLCeFXNLFjISOm/NuAZMCB/jRWwsAfwE77H8LAQP3Yd
            noeYqsEGLLYA+sMXgTxfAChNKKiIHCjblU5oZb80E4bRrwBqFAC/mfAr5X/X+L9pdY4r6iyETgAAil/hIhwDNwGAtugjy0le266qvmWz0OUcYFKA
            DJI+IM9x1VOa/P+X+LGsL03g8iVh7A2uAYk+AHD2ic2spsJgtbtJaFquqtKIK/tVGKTkwt4gi3YHWaCxnCtLIvvH4f4nmcBCuFMkmO4UAW5pWgAw
            +s49ICKniqiKDKoqFvcqrSsEUCbGOgCTezDMzkQ0S+z4Y9fQj2EcilWTt34TnC4AhIQBoEsBLgZxfRBVfdlUVSQVVT0rzswq6C8GYIiHEKX2f2f+
            rxw6D/OT0Ml/B5bk4BLUR8E1YAYPAIsWdVVVKT1XlXqu2C6V7tX66pEBwKMrxVt033EXZP5bKc1weAOcwLwDABEpAAT3QFBpVFXZ3JurqjpkqCpn
            W5czNSsuxqsKMwcBABU8QUDEExIRJROpJhmMERLTJNqEpEaSRna13F+o+Q8B4X8uIjLEJje9qio7O9zTOyOmpu4mfy6Zm9ud/8wdDB4EPv8QQneI
            wedPCNkWU578zTnYg9K/H0pVpdSSfGZU1lprUv3R5x5MhZlTvRpKAwAbXWXQg+Un5yHcXX4AL7icubPaiIJ1niaEHrAB2EGJU0gwMAX0C9j3Kevg
            Id4DKkCKRzzJ1qYD7fyAwpwmSwBBUOA0oAwIDgeBkOTVduQsvYBqr6H1augr7VxMCNC1cFQaC1DfAwSBo68NBFiLmgwZhsrqA4F3ANnVR6PMf7Qq
            OOigB11JQLcSbOffE5sHiwb9ttcSbGa5CdIvW9YcPn36zmaG5YsBd4C3y8QLmkuw1ekCbKaxBnAd9aXdkMqVfEQE1KNzmme3xreEzKwsKibSAaDe
            A2zwg62ObFStQ3ZRRKG9ya9LDs+Y9ZzLwmqAOUp/gApBDBeAGhrg4REUl1XM7m6e0dmT52zYY6jKBOQ1/iigEhfMiwH8sm0EBukAKHg6BWst+w1j
            n3uB9rdVfzmOSZFf2Z0h8GM58E4DfO9uApBQAa6OZLfL2rVbFtHWFA4McIdahMqazJmC8WKMhZc35UyEDKAhFSB5H1Bj5lb1y6XZP0T2ifGdd8NL
            QrMZmFlKRwHoI9EVAJV1ABCeAC0E7ounXsP5qOp+XdjNXPIlyNV1fZZhUYvgRz2IkQAwX8AOnpkAnhhSj77pH7X9Xf5rUgjymIhIGcaYfPYhAmKM
            S2YGcS9gb7sfqOEGbGWWjazT3L+ffu3OzXxuX7ylnTsvzPqE2phtM0k9mAjZFAEcEQG4cwU667CLKtf3OpnEvl6XbH0v44LXPGg6RpXi8AST5mAd
            geR6gDhsADh/oINI1xdX/I9w9fJMZAiV+D/QYlc6yZmXvUYBpn18wm2AQigA2y9gJ3k/wjGsRcIK9r9W598r6gwFKWqCLkOcqAYUd5nIgWRe8KAA
            nSuOgLhGe0HeD2wdXzZgSpev2QfPfwjHoilQXYIlQGhMC8BRcO5AMZOtAAmFwDcLAGf+oNj/0BiK/1eq/BoEWHX8imYVPAYABAsiaDCKPp6omdch
            doyo2TiOGXuAMDcA+C5ADjT0rrD5v3vwG4ZYkOcIIBFkCBcAU2AHBAHg7gsHE2+KWpnGUPZ/sRQxPXkOIm94tQtt4mjjy0vQLJbLiMFjBvddpgGx
            UJccO3HwIGscw/grjLOyQ4rVE5WVvhcwY8DCBDbB4Wl2x9m0OIEBO4W1RaATM5ckpJ5ZfByzyUpZAs0C+GFnLMxvy+LJkfVmAXzJbl1u+/1fiGiO
            pcUJYwPSSqqVWntBsKx1K8yXVH/JpG4BRSsD28g6KDtXhDZHaMULWBe6ZF7SzoBbFFCgCA==
            """),
        new("-P 6 -e 6", "slope", 40, 30, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAAFpanhsY/8K6DD8AMWFCAIBAEwFSyg2Vh+8S0iYoBDhEDYQERsZE6Vh
            oGHEuBcMAHBBFY0h0ESatKVjJIkkiaYvkpEksn9dH8EXEoKytL20nbbUBtXGpiXEAsqtet2jwPyZ1y3uWRc1WAAjNDR35d7F1y5HC1XE9aFopJGq
            dXhHJ2FtCpkbCtYR18fwAA7kqlFiKyvOgmTWbp4uDW+iBaANCFzQx5Bg+h55FSvsdBFauHGrHTd/1f5Mgt1v9hhJSxku6TV5Tud02ALyMT/vD4oJ
            t22Trck4ZujYRVVS6/I2sy2cHlu4LPBGv6Z0JPWF/NN4u14SE7vSFRFYE3BievHBykevU8sE2B++xukFBkwJ++8RfWaZlrdtL1HZdfyLAjB47ei/
            q+J5Ufih7RIvuSWNwbsrnbS7W+FwBWPtfvOuvkptMVMjXM2QQXqOSLssdyAirnl5qlYCzMwCCbbN1abvTIevx/wC
            """),
        new("-P 15 -e 9", "slope", 60, 50, 1, 65535,
            """
            AAAADEpYTCANCocKAAAAFGZ0eXBqeGwgAAAAAGp4bCAAAAAJanhsbAoAAANwanhsY/8KiCH8AMWFCAIBAGgNSyiiugXfOfi9jfrYCSe8aAMVGhzR
            iMU0zzOjBnCIjcwn6xI2EBEbL8ZJiSbG4E3R0RExjBjnGIxGxDCGEfGQFIPR2OiIiBjGMDp2EMVxtQqGAQh4AYyPsq7hyk4VR3SlEPtEisynMxX/
            X7LFQoyBDG4RkJQxRpIjQQmyohQkAWS6igINqIIs0ArsPkwgnRk8RRZwJdsQ12ppEyid/gbzAlXDhxPYsKDPssgb4dl/EtLPkYl0pLAmhc9ODSTB
            lhhKFHMOmi1Q6w6SwQ5sZVOgSaE/A4l1sUqyhsNrBNep7pF5YSoJ+oIfHIJlD4heLHO6+Zhqw6sFJb7hEFy97RGkTRWb4aTOs/WdcwNF1S3RryLl
            TowCD2q7iOKdy8TLPAbbntZh8+66Ih5vAB9Jd7NBp2hu+pNh3AeDuWx4rdyWUEZ0n+pAZ0EtCXSjLPvVfBom5EE+4ra8hWtwNV0OKb+s9HkcDVAI
            ZOa+Xo0pMb72naMeFOpS7JO8vfGerq+4BPx0zPnFDb/vu008sY4rlZTjvN7JgACPPxfqFLxfghD+IhAnTeZIEH0ml8NUOwMrQ9FxgLxLMIZOXClv
            XdirlPpAceHIdr6Gl3GYc2JWSX5tc7iQUN7drUkeztysPOl45GJgc3hZxPe040TUAKkXA++34cajB6lnSq3YWeIv/30s6xuYvX/Omr5ZS2UEKAnR
            5R+1Xp3simluEl4dyNzABxbORQNQPmDCjyz7hqlGk9VrT1lDQPWwg48zPX7UIPnHE3d/On9l+3muqvk+2I/lHyNZtWJeXerULqy6S6SCgKKX3d7S
            z+pBqRuU8saT9foTiUipCY6WvGwTo3pv2KM/SqBWCewp83U/qsNNS/1/7iuvLjtraUvBJE6Gsnh2bSb1lxR7V36ti68YeMkFNsT1q6eyzJ82BXUU
            aPhr/i6UquI400Pj9/iuQHTajyZQL/mCD4RGmyfBtDjo4yrvt6JT9GRGhSAxsT5J6FR6tjUqdEHPnMKCyk/sU/LilQ3mmYZmRfH830jDCmjTiGLT
            Xe/0ObIMCGDL7IL9eD9iZNPOnSjkD6cNF/2AQ71Fbsz/3d56uE38mRtNCKj/J5/tvpxv3URlpB3DSZDbwIomPvgM/p3RJvfeWe6u1K8KqE4B
            """),
    ];

    /// <summary>One that loses: differences that a palette does not hold. And the first half of the SHA-256 of what djxl 0.7.0 makes of it.</summary>
    public static (JpegXlStream Stream, string Digest) OfImplicitDifferences { get; } =
        (new JpegXlStream("--modular_lossy_palette --modular_palette_colors=0 -e 7", "few", 40, 40, 3, 255,
            """
            /wpJQEBxIQgCAQBkDUsootwmJ52NtKYXAKQLABIAgCMaV4kYGRkhwrkxBqcjYtgATYyOFy/GGBWDwhhG8WKMjEVyjLExxsgYoyJiZTqGETEGC8UY
            Y5EYHWOMjPEYY8YYo2KYYUQE6mjBIWJYeo+IGa1CjpEZY75ALHTQQ9SgAF/8ueIvl/M/BZS/n77qOp7fbHQ60f6wWWt2ql+e9xF9ZxYcGyaNlm74
            FNqcNl9N2IIy4Fr77nWANj8dExluY9AvFbcCygA3xwAwByZEibwSk4JieX9TKcjsByDYhCEDZdJYJJVQ0vLxUMkLgCExQKtWZnCNUSadEz0G+pYA
            qH0FRpRyTlAeqlJdqXamWwAsXQCc+QcAGPJHwApmmuqHl0i52/Lgsw0AIX8AoBkLIEiwWCl58SmpfwYACB0huK8BYJZrHorNgfOhwhSAaHIAMAk4
            61LWO47V3QKA3gaAwj8AQNo5wqiZ2pRkiWL//zsFrLYBsO8PAPD8w7+OlGFbl0HtgnN+ALB+A4A2uHgalVPgh/cmAJ5QAUDBjfcCbAAYMwBY8Q8A
            0oqIsHSyZnIEn581AIv8ACBXDwCLzh/ELy/FzwBA6QMEdjYAZj6xSqExiwwA8n4AIFsCPL1phad2AIAUJ8AnJiAS0cVaCR38b20AZRsAVPkDgJ4+
            fABl+svTBgDUB4goZABgpGLVjYIeyABC/AE4ywNgD9XhCXcA4OidAEB6jgh/ImsTKPB/6//k2AGA2x8AdHvCh3Vq/98gAoaOECgFB+i+xgqYB23U
            lAPrAwBMHcB7scLv+h7AxiQA0Ukb1uSD4CmS/y/dq+L9BwA09YGPTgT+GNqvKlM+AOHaiF3cFNoj35ft/Lr3A0BEkoe7Cv4ikAZEZDVZp06A20z/
            BzetKjNAIYMBLCv4ICnuf3fPqlRtVmQ2cN0RW1YrdDSjD1ryJSVTyJkHeHCC+ZuprRqWxcBgwxouB/x5LX/ZmFdupdpslvyrQPzBh/RY/wFaV6WG
            Mio7rPjG3SCeHVVouzafbf1LsqfTkqTAIMzwPw9B9P+FeV3zaSI9eT203/sfLveqEuOVUbvZKPhVxSR6lP3YCePPsfqqBpNUZeOGN2Iyw+AwoI7g
            0Qel/gsoluRwLIzmWeqbmKGHySz+Ymap4XegQY8W
            """), "EA60BCE68B479E68CB09DC38094BBF69");

    public byte[] Bytes => Convert.FromBase64String(Base64);

    public FrameLayout Layout => new(Rows, Columns, Components, Most > 255 ? 16 : 8, Most > 255 ? 16 : 8);

    /// <summary>What went in.</summary>
    public byte[] Samples()
    {
        var samples = new List<byte>();
        for (int y = 0; y < Rows; y++)
        {
            for (int x = 0; x < Columns; x++)
            {
                for (int c = 0; c < Components; c++)
                {
                    int value = Sample(x, y, c);
                    samples.Add((byte)value);
                    if (Most > 255) samples.Add((byte)(value >> 8));
                }
            }
        }
        return [.. samples];
    }

    private int Sample(int x, int y, int c) => Kind switch
    {
        "slope" => (x * x * 3 + y * y * 2 + x * y + 40 * c * x) / 16 % (Most + 1),
        "few" => (x / 5 + y / 4) % 7 * 31 + c * ((x / 5 + y / 4) % 3) * 9,
        "marks" => x % 9 is >= 2 and <= 5 && y % 10 is >= 2 and <= 6 && x % 9 * (y % 10) % 3 != 1 && x % 45 < 36 ? 230 - 20 * c : 20,
        _ => Most * ((x ^ y) & 1),
    };
}
